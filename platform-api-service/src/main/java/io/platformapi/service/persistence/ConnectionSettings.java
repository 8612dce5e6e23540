package io.platformapi.service.persistence;

import java.time.Duration;

/**
 * How connections to tenant databases are opened, shared and bounded.
 *
 * @param budget most connections of this node to all tenant databases together
 * @param perDatabase most connections of this node to one tenant database
 * @param borrowTimeout how long a unit waits for its turn
 * @param idleTimeout how long an unused connection is kept
 * @param connectTimeout how long opening one may take
 * @param statementTimeout how long one statement may run
 * @param lockTimeout how long one statement may wait for a lock
 */
public record ConnectionSettings(
    int budget,
    int perDatabase,
    Duration borrowTimeout,
    Duration idleTimeout,
    Duration connectTimeout,
    Duration statementTimeout,
    Duration lockTimeout) {

  public ConnectionSettings {
    if (budget < 1 || perDatabase < 1) {
      throw new IllegalArgumentException("tenant connections must be at least 1");
    }
  }

  public static ConnectionSettings ofBudget(int budget) {
    return new ConnectionSettings(
        budget,
        Math.max(1, budget / 2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10));
  }
}
