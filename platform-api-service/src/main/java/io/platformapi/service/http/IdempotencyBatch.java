package io.platformapi.service.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.persistence.Parameters;
import jakarta.ws.rs.core.Response;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What {@link Idempotency} does, for the requests that share one transaction: first the keys are
 * looked up, and with the change the answers are stored.
 */
public final class IdempotencyBatch {
  /** Finds keys; one result. */
  public static final String FIND =
      """
      SELECT k.place, i.*
      FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS k (scope, key, place)
      CROSS JOIN LATERAL (
        SELECT fingerprint, status, headers::text, body FROM idempotency_keys
        WHERE scope = k.scope AND key = k.key AND created_at >= ?
        LIMIT 1) AS i
      """;

  private static final String STORE =
      """
      INSERT INTO idempotency_keys (scope, key, fingerprint, created_at, status, headers, body)
      SELECT k.scope, k.key, decode(k.fingerprint, 'hex'), ?, k.status, k.headers::jsonb, k.body
      FROM unnest(?::text[], ?::text[], ?::text[], ?::int[], ?::text[], ?::text[])
        AS k (scope, key, fingerprint, status, headers, body)
      ON CONFLICT (scope, key) DO UPDATE
      SET fingerprint = EXCLUDED.fingerprint, status = EXCLUDED.status, headers = EXCLUDED.headers,
        body = EXCLUDED.body, created_at = EXCLUDED.created_at
      WHERE idempotency_keys.created_at < ?
      """;

  private static final Comparator<IdempotentRequest> ORDER =
      Comparator.comparing(IdempotentRequest::scope).thenComparing(IdempotentRequest::key);

  private final ObjectMapper mapper;
  private final Clock clock;

  public IdempotencyBatch(ObjectMapper mapper, Clock clock) {
    this.mapper = mapper;
    this.clock = clock;
  }

  public void bindFind(Parameters to, List<IdempotentRequest> requests) throws SQLException {
    to.add(requests.stream().map(IdempotentRequest::scope).toArray(String[]::new))
        .add(requests.stream().map(IdempotentRequest::key).toArray(String[]::new))
        .add(clock.instant().minus(Idempotency.LIFE));
  }

  /**
   * Reads an answer of {@link #FIND}.
   *
   * @return what is known; nothing of a key that is new
   */
  public Map<IdempotentRequest, IdempotencyClaim> found(
      ResultSet rows, List<IdempotentRequest> requests) throws SQLException {
    Map<IdempotentRequest, IdempotencyClaim> claims = new HashMap<>();
    while (rows.next()) {
      IdempotentRequest request = requests.get(rows.getInt(1) - 1);
      claims.put(request, claim(rows, request));
    }
    return claims;
  }

  private IdempotencyClaim claim(ResultSet row, IdempotentRequest request) throws SQLException {
    if (!MessageDigest.isEqual(row.getBytes(2), request.fingerprint())) {
      return new IdempotencyClaim.Reused();
    }
    int status = row.getInt(3);
    return row.wasNull()
        ? new IdempotencyClaim.Unanswered()
        : new IdempotencyClaim.Answered(
            new StoredAnswer(status, row.getString(4), row.getString(5)).replay(mapper));
  }

  /**
   * Stores answers, with the change that they tell of.
   *
   * @return false when somebody else has stored one meanwhile: nothing of the transaction may stay
   */
  public boolean store(Connection connection, Map<IdempotentRequest, Response> answers)
      throws SQLException {
    List<IdempotentRequest> requests = answers.keySet().stream().sorted(ORDER).toList();
    List<StoredAnswer> stored = new ArrayList<>();
    requests.forEach(request -> stored.add(StoredAnswer.of(answers.get(request), mapper)));
    try (PreparedStatement statement = connection.prepareStatement(STORE)) {
      new Parameters(statement)
          .add(clock.instant())
          .add(requests.stream().map(IdempotentRequest::scope).toArray(String[]::new))
          .add(requests.stream().map(IdempotentRequest::key).toArray(String[]::new))
          .add(requests.stream().map(IdempotencyBatch::hex).toArray(String[]::new))
          .add(stored.stream().map(StoredAnswer::status).toArray(Integer[]::new))
          .add(stored.stream().map(StoredAnswer::headers).toArray(String[]::new))
          .add(stored.stream().map(StoredAnswer::body).toArray(String[]::new))
          .add(clock.instant().minus(Idempotency.LIFE));
      if (statement.executeUpdate() < requests.size()) {
        return false;
      }
    }
    try (PreparedStatement delete = connection.prepareStatement(Idempotency.EXPIRE)) {
      new Parameters(delete)
          .add(clock.instant().minus(Idempotency.LIFE))
          .add(requests.size() * Idempotency.EXPIRED_PER_KEY);
      delete.executeUpdate();
    }
    return true;
  }

  private static String hex(IdempotentRequest request) {
    return HexFormat.of().formatHex(request.fingerprint());
  }
}
