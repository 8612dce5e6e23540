package io.platformapi.service.health;

import io.platformapi.service.persistence.InAdmin;
import java.sql.SQLException;

/** Asks the admin database whether a connection works. */
public final class PostgresCheck implements Probe.Check {
  private static final int TIMEOUT_SECONDS = 2;

  private final InAdmin inAdmin;

  public PostgresCheck(InAdmin inAdmin) {
    this.inAdmin = inAdmin;
  }

  @Override
  public void run() {
    inAdmin.sql(
        connection -> {
          if (!connection.isValid(TIMEOUT_SECONDS)) {
            throw new SQLException("the connection is not valid");
          }
          return null;
        });
  }
}
