package io.platformapi.service.usage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/** Makes the monthly partitions of {@code usage_events} when they are first needed. */
public final class UsagePartitions {
  private static final int MONTHS_AHEAD = 2;
  private static final String TABLE = "usage_events";
  private static final long LOCK = 0x75736167_65706172L; // "usagepar"

  private final Clock clock;

  public UsagePartitions(Clock clock) {
    this.clock = clock;
  }

  /** Whether the error says that a row belongs to a month without a partition. */
  public static boolean missing(SQLException error) {
    // A row that breaks a CHECK has the same SQLState, and the name of a constraint.
    return error instanceof PSQLException postgres
        && PSQLState.CHECK_VIOLATION.getState().equals(postgres.getSQLState())
        && postgres.getServerErrorMessage() != null
        && TABLE.equals(postgres.getServerErrorMessage().getTable())
        && postgres.getServerErrorMessage().getConstraint() == null;
  }

  /**
   * Makes the partitions of these times that do not exist, and some ahead when the present month is
   * among them. Writers at the same time wait for each other; readers and inserts go on.
   */
  public void create(Connection connection, Collection<Instant> times) throws SQLException {
    SortedSet<YearMonth> months = new TreeSet<>();
    times.forEach(time -> months.add(YearMonth.from(time.atOffset(ZoneOffset.UTC))));
    YearMonth present = YearMonth.now(clock.withZone(ZoneOffset.UTC));
    if (months.contains(present)) {
      for (int ahead = 1; ahead <= MONTHS_AHEAD; ahead++) {
        months.add(present.plusMonths(ahead));
      }
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
    }
    for (YearMonth month : months) {
      if (!exists(connection, name(month))) {
        create(connection, month);
      }
    }
  }

  private static boolean exists(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  private static void create(Connection connection, YearMonth month) throws SQLException {
    // Attaching takes a weaker lock than CREATE TABLE ... PARTITION OF: nobody else waits.
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE %1$s (LIKE usage_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
          ALTER TABLE usage_events ATTACH PARTITION %1$s
            FOR VALUES FROM ('%2$s-01T00:00:00Z') TO ('%3$s-01T00:00:00Z')
          """
              .formatted(name(month), month, month.plusMonths(1)));
    }
  }

  private static String name(YearMonth month) {
    return "%s_%04d_%02d".formatted(TABLE, month.getYear(), month.getMonthValue());
  }
}
