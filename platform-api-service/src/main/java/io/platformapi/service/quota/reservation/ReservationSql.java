package io.platformapi.service.quota.reservation;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.QuotaAmounts;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.function.Function;

/** The rows of {@code reservations}. */
final class ReservationSql {

  /** Those of a caller: locked in the order of their ids. */
  static final String LOCK =
      "SELECT * FROM reservations WHERE id = ANY (?::uuid[]) ORDER BY id FOR UPDATE";

  /**
   * The same; fails with {@link io.platformapi.service.quota.balance.BalanceSql#NOT_SO} unless
   * there are so many that are as they were made.
   */
  static final String LOCK_IF_OPEN =
      """
      SELECT 1 / (? = (SELECT count(*) FROM (
        SELECT id FROM reservations
        WHERE id = ANY (?::uuid[]) AND state = 'open' AND NOT told
        ORDER BY id FOR UPDATE) AS found))::int
      """;

  /** Those of calls that usage events can still change, in the same order. */
  static final String LOCK_BY_CALL =
      """
      SELECT * FROM reservations
      WHERE request_id = ANY (?::text[])
        AND (state = 'open' OR state = 'settled' AND settled_by = 'caller'
          OR state = 'expired' AND NOT told)
      ORDER BY id FOR UPDATE
      """;

  /** Those that hold over their time, but for those that somebody is at just now. */
  static final String LOCK_OVERDUE =
      """
      SELECT * FROM reservations WHERE state = 'open' AND expires_at <= ?
      ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED
      """;

  /**
   * When the first of those that are open is over its time. Where many have ended since the table
   * was vacuumed, their places in the index are passed by one after the other: for who needs it.
   */
  static final String EARLIEST_EXPIRY =
      """
      SELECT expires_at FROM reservations WHERE state = 'open' ORDER BY expires_at LIMIT 1
      """;

  static final String FIND = "SELECT * FROM reservations WHERE id = ?";

  /** Fails when another open one has a request id. */
  static final String INSERT_ALL =
      """
      INSERT INTO reservations (
        id, request_id, state, created_at, created_by, expires_at, team_id, user_id, end_user,
        key_hash, provider, model, estimates, hold_quotas, hold_subjects, hold_windows,
        hold_amounts)
      SELECT r.id, r.request_id, 'open', timestamptz 'epoch' + r.created_at * interval '1 microsecond',
        r.created_by, timestamptz 'epoch' + r.expires_at * interval '1 microsecond', r.team_id,
        r.user_id, r.end_user, r.key_hash, r.provider, r.model, r.estimates::bigint[],
        r.hold_quotas::uuid[], r.hold_subjects::text[],
        (SELECT coalesce(array_agg(timestamptz 'epoch' + w * interval '1 microsecond' ORDER BY n), '{}')
         FROM unnest(r.hold_windows::bigint[]) WITH ORDINALITY AS u (w, n)),
        r.hold_amounts::bigint[]
      FROM unnest(?::uuid[], ?::text[], ?::bigint[], ?::text[], ?::bigint[], ?::text[], ?::text[],
        ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::text[])
        AS r (id, request_id, created_at, created_by, expires_at, team_id, user_id, end_user,
          key_hash, provider, model, estimates, hold_quotas, hold_subjects, hold_windows,
          hold_amounts)
      """;

  /** Leaves out those whose request id another open one has; returns the ids of the others. */
  static final String INSERT =
      INSERT_ALL
          + """
      ON CONFLICT (request_id) WHERE state = 'open' DO NOTHING
      RETURNING id
      """;

  /** The rows are locked. */
  static final String UPDATE =
      """
      UPDATE reservations r SET state = k.state, settled_by = k.settled_by, told = k.told,
        ended_by = k.ended_by,
        ended_at = timestamptz 'epoch' + k.ended_at * interval '1 microsecond',
        actual = k.actual::bigint[]
      FROM unnest(?::uuid[], ?::text[], ?::text[], ?::boolean[], ?::text[], ?::bigint[],
        ?::text[])
        AS k (id, state, settled_by, told, ended_by, ended_at, actual)
      WHERE r.id = k.id
      """;

  private ReservationSql() {}

  static void bindInsert(Parameters to, Connection connection, Collection<Reservation> made)
      throws SQLException {
    List<Reservation> all = List.copyOf(made);
    to.add(texts(all, r -> r.id().toString()))
        .add(texts(all, Reservation::requestId))
        .add(all.stream().mapToLong(r -> micros(r.createdAt())).toArray())
        .add(texts(all, Reservation::createdBy))
        .add(all.stream().mapToLong(r -> micros(r.expiresAt())).toArray())
        .add(texts(all, r -> r.subject().team()))
        .add(texts(all, r -> r.subject().user()))
        .add(texts(all, r -> r.subject().endUser()))
        .add(texts(all, r -> r.subject().apiKey()))
        .add(texts(all, r -> r.subject().provider()))
        .add(texts(all, r -> r.subject().model()))
        .add(texts(all, r -> literal(r.estimates())))
        .add(holds(all, hold -> hold.key().quotaId().toString()));
    String[] subjects = new String[all.size()];
    for (int i = 0; i < subjects.length; i++) {
      Object[] names = all.get(i).holds().stream().map(hold -> hold.key().subject()).toArray();
      subjects[i] = connection.createArrayOf("text", names).toString();
    }
    to.add(subjects)
        .add(holds(all, hold -> Long.toString(micros(hold.key().window()))))
        .add(holds(all, hold -> Long.toString(hold.amount())));
  }

  static void bindUpdate(Parameters to, Collection<Reservation> changed) throws SQLException {
    List<Reservation> all = List.copyOf(changed);
    boolean[] told = new boolean[all.size()];
    for (int i = 0; i < told.length; i++) {
      told[i] = all.get(i).told();
    }
    to.add(texts(all, r -> r.id().toString()))
        .add(texts(all, r -> r.state().wire()))
        .add(texts(all, r -> r.settledBy() == null ? null : r.settledBy().wire()))
        .add(told)
        .add(texts(all, Reservation::endedBy))
        .add(
            all.stream()
                .map(r -> r.endedAt() == null ? null : micros(r.endedAt()))
                .toArray(Long[]::new))
        .add(texts(all, r -> r.actual() == null ? null : literal(r.actual())));
  }

  static List<Reservation> read(ResultSet rows) throws SQLException {
    List<Reservation> found = new ArrayList<>();
    while (rows.next()) {
      found.add(one(rows));
    }
    return found;
  }

  private static Reservation one(ResultSet row) throws SQLException {
    String settledBy = row.getString("settled_by");
    return new Reservation(
        row.getObject("id", UUID.class),
        row.getString("request_id"),
        ReservationState.NAMES.parse(row.getString("state")).orElseThrow(),
        time(row, "created_at"),
        row.getString("created_by"),
        time(row, "expires_at"),
        time(row, "ended_at"),
        row.getString("ended_by"),
        settledBy == null ? null : SettledBy.NAMES.parse(settledBy).orElseThrow(),
        row.getBoolean("told"),
        new Subject(
            row.getString("team_id"),
            row.getString("user_id"),
            row.getString("end_user"),
            row.getString("key_hash"),
            row.getString("provider"),
            row.getString("model")),
        amounts(row, "estimates"),
        amounts(row, "actual"),
        holds(row));
  }

  private static List<Hold> holds(ResultSet row) throws SQLException {
    UUID[] quotas = (UUID[]) row.getArray("hold_quotas").getArray();
    String[] subjects = (String[]) row.getArray("hold_subjects").getArray();
    Timestamp[] windows = (Timestamp[]) row.getArray("hold_windows").getArray();
    Long[] amounts = (Long[]) row.getArray("hold_amounts").getArray();
    List<Hold> holds = new ArrayList<>(quotas.length);
    for (int i = 0; i < quotas.length; i++) {
      holds.add(
          new Hold(new BalanceKey(quotas[i], subjects[i], windows[i].toInstant()), amounts[i]));
    }
    return holds;
  }

  private static QuotaAmounts amounts(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    if (array == null) {
      return null;
    }
    Long[] values = (Long[]) array.getArray();
    return new QuotaAmounts(values[0], values[1], values[2], values[3], values[4], values[5]);
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static String literal(QuotaAmounts amounts) {
    return new StringJoiner(",", "{", "}")
        .add(Long.toString(amounts.inputTokens()))
        .add(Long.toString(amounts.outputTokens()))
        .add(Long.toString(amounts.requests()))
        .add(Long.toString(amounts.costNanos()))
        .add(Long.toString(amounts.storageBytes()))
        .add(Long.toString(amounts.seats()))
        .toString();
  }

  /** Array literals of what needs no quotes. */
  private static String[] holds(List<Reservation> all, Function<Hold, String> part) {
    return texts(all, r -> "{" + String.join(",", r.holds().stream().map(part).toList()) + "}");
  }

  private static String[] texts(List<Reservation> all, Function<Reservation, String> column) {
    return all.stream().map(column).toArray(String[]::new);
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
