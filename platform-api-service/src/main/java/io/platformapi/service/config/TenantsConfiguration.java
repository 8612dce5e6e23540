package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.persistence.DatabaseServer;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.util.Map;
import java.util.stream.Collectors;

/** The servers of the tenant databases, and how many connections a node may hold. */
public final class TenantsConfiguration {
  private static final int ORPHAN_LIVES = 4;

  @NotEmpty @Valid @JsonProperty private Map<String, Server> servers = Map.of();

  /** Server that new tenants are placed on. */
  @NotBlank @JsonProperty private String placement = "main";

  /** Most connections of this node to all databases, the admin database included. */
  @Min(2)
  @JsonProperty
  private int connectionBudget = 48;

  /** Most connections of this node to all tenant databases together. */
  @Min(1)
  @JsonProperty
  private int connections = 32;

  /** Most connections of this node to one tenant database. */
  @Min(1)
  @JsonProperty
  private int connectionsPerTenant = 8;

  @NotNull @JsonProperty private Duration borrowTimeout = Duration.seconds(5);
  @NotNull @JsonProperty private Duration idleTimeout = Duration.seconds(30);
  @NotNull @JsonProperty private Duration connectTimeout = Duration.seconds(5);
  @NotNull @JsonProperty private Duration statementTimeout = Duration.seconds(30);
  @NotNull @JsonProperty private Duration lockTimeout = Duration.seconds(10);

  /** Pause between two reads of the whole directory of tenants. */
  @NotNull @JsonProperty private Duration directoryRefresh = Duration.seconds(15);

  /** Pause between two looks for tenants whose creation was cut off. */
  @NotNull @JsonProperty private Duration resumeInterval = Duration.seconds(30);

  /** Pause between two visits of every tenant's outbox, which wake idle databases. */
  @NotNull @JsonProperty private Duration outboxSweep = Duration.minutes(5);

  public Map<String, DatabaseServer> servers() {
    return servers.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                entry ->
                    new DatabaseServer(
                        entry.getValue().url, entry.getValue().user, entry.getValue().password)));
  }

  public ConnectionSettings connectionSettings() {
    return new ConnectionSettings(
        connections,
        connectionsPerTenant,
        borrowTimeout.toJavaDuration(),
        idleTimeout.toJavaDuration(),
        connectTimeout.toJavaDuration(),
        statementTimeout.toJavaDuration(),
        lockTimeout.toJavaDuration());
  }

  /**
   * How long a transaction of a node that died can live: its last statement, then idle, twice as
   * long, until the server ends it; and some time to spare.
   */
  public java.time.Duration longestOrphan() {
    return statementTimeout.toJavaDuration().multipliedBy(ORPHAN_LIVES);
  }

  public String placement() {
    return placement;
  }

  public int connectionBudget() {
    return connectionBudget;
  }

  public int connections() {
    return connections;
  }

  public java.time.Duration directoryRefresh() {
    return directoryRefresh.toJavaDuration();
  }

  public java.time.Duration resumeInterval() {
    return resumeInterval.toJavaDuration();
  }

  public java.time.Duration outboxSweep() {
    return outboxSweep.toJavaDuration();
  }

  /** One PostgreSQL server. */
  public static final class Server {
    @NotBlank @JsonProperty private String url;
    @NotBlank @JsonProperty private String user;
    @NotNull @JsonProperty private String password = "";
  }
}
