package io.platformapi.service.config;

import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.util.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * The admin database: Dropwizard's data source with defaults that fit it. Holds no connection when
 * idle and hands them out in manual commit mode.
 */
public final class AdminDatabaseConfiguration extends DataSourceFactory {
  private static final int MAX_SIZE = 12;

  public AdminDatabaseConfiguration() {
    setDriverClass("org.postgresql.Driver");
    setInitialSize(0);
    setMinSize(0);
    setMaxSize(MAX_SIZE);
    setAutoCommitByDefault(false);
    setRollbackOnReturn(true);
    setMaxWaitForConnection(Duration.seconds(5));
    setMinIdleTime(Duration.seconds(30));
    setEvictionInterval(Duration.seconds(10));
    setCheckConnectionOnBorrow(true);
    setValidationInterval(Duration.seconds(2));
    setValidationQuery("SELECT 1");
    setValidationQueryTimeout(Duration.seconds(2));
    setProperties(
        new TreeMap<>(
            Map.of(
                "ApplicationName", "platform-api-admin",
                "assumeMinServerVersion", "14",
                "connectTimeout", "5",
                "loginTimeout", "5",
                "socketTimeout", "45",
                "tcpKeepAlive", "true",
                // Values of rows stay out of error messages, and so out of logs.
                "logServerErrorDetail", "false",
                "options",
                    "-c statement_timeout=30000 -c lock_timeout=10000"
                        + " -c idle_in_transaction_session_timeout=60000")));
  }
}
