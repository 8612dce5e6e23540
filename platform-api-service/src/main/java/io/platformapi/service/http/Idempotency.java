package io.platformapi.service.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.persistence.SqlPart;
import io.platformapi.service.problem.IdempotencyKeyReusedException;
import jakarta.ws.rs.core.Response;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;

/**
 * Gives the first answer again to a repeated request, by a row in the transaction of the change.
 *
 * <p>Every method must run inside a transaction of the database that the change is in. Two requests
 * with one key wait for each other on the row's unique key. Errors that are thrown roll the row
 * back with the change, so a repeated request is then judged anew.
 */
public final class Idempotency {
  public static final String REPLAYED_HEADER = "Idempotency-Replayed";

  static final Duration LIFE = Duration.ofHours(24);
  static final int EXPIRED_PER_KEY = 10;
  private static final int FIRST_SERVER_ERROR = 500;

  private static final String INSERT =
      """
      INSERT INTO idempotency_keys (scope, key, fingerprint, created_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (scope, key) DO UPDATE
      SET fingerprint = EXCLUDED.fingerprint, status = NULL, headers = NULL, body = NULL,
          created_at = EXCLUDED.created_at
      WHERE idempotency_keys.created_at < ?
      """;
  private static final String SELECT =
      """
      SELECT fingerprint, status, headers::text, body FROM idempotency_keys
      WHERE scope = ? AND key = ? FOR UPDATE
      """;
  private static final String ANSWER =
      """
      UPDATE idempotency_keys SET status = ?, headers = ?::jsonb, body = ?
      WHERE scope = ? AND key = ?
      """;
  // Each new key takes a few dead ones away, so no database needs a timer of its own.
  static final String EXPIRE =
      """
      DELETE FROM idempotency_keys WHERE (scope, key) IN (
        SELECT scope, key FROM idempotency_keys WHERE created_at < ?
        ORDER BY created_at LIMIT ? FOR UPDATE SKIP LOCKED)
      """;

  private static final String CLAIM = INSERT + ";" + EXPIRE;

  private final SessionFactory sessions;
  private final ObjectMapper mapper;
  private final Clock clock;
  private final AnswerSeal seal;

  public Idempotency(SessionFactory sessions, ObjectMapper mapper, Clock clock) {
    this(sessions, mapper, clock, AnswerSeal.NONE);
  }

  /**
   * @param seal hides the stored bodies, for answers that hold a secret
   */
  public Idempotency(SessionFactory sessions, ObjectMapper mapper, Clock clock, AnswerSeal seal) {
    this.sessions = sessions;
    this.mapper = mapper;
    this.clock = clock;
    this.seal = seal;
  }

  /**
   * Does the work once per key and answers repeated requests from the stored answer.
   *
   * @param request empty when the caller gave no key: the work is just done
   * @throws IdempotencyKeyReusedException when the key came before with another request
   */
  public Response once(Optional<IdempotentRequest> request, Supplier<Response> work) {
    if (request.isEmpty()) {
      return work.get();
    }
    if (claim(request.get()) instanceof IdempotencyClaim.Answered answered) {
      return answered.replay();
    }
    Response response = work.get();
    complete(request.get(), response);
    return response;
  }

  /**
   * Takes the key, for work that spans more than one transaction: commit after it, do the work,
   * then {@link #complete} with the last change.
   *
   * @throws IdempotencyKeyReusedException when the key came before with another request
   */
  public IdempotencyClaim claim(IdempotentRequest request) {
    return sessions.getCurrentSession().doReturningWork(connection -> claim(connection, request));
  }

  /** Stores the answer of a claimed key; an answer of 500 and above is not kept. */
  public void complete(IdempotentRequest request, Response response) {
    completion(request, response)
        .ifPresent(
            part ->
                sessions
                    .getCurrentSession()
                    .doWork(connection -> SqlPart.run(connection, List.of(part))));
  }

  /** What {@link #complete} does, for a change that goes to the server together with its answer. */
  public Optional<SqlPart> completion(IdempotentRequest request, Response response) {
    if (response.getStatus() >= FIRST_SERVER_ERROR) {
      return Optional.empty();
    }
    StoredAnswer answer = StoredAnswer.of(response, mapper);
    String body = answer.body() == null ? null : seal.seal(answer.body(), place(request));
    return Optional.of(
        new SqlPart(
            ANSWER,
            to ->
                to.add(answer.status())
                    .add(answer.headers())
                    .addOrNull(body)
                    .add(request.scope())
                    .add(request.key())));
  }

  private IdempotencyClaim claim(Connection connection, IdempotentRequest request)
      throws SQLException {
    Instant now = clock.instant();
    Timestamp expiry = Timestamp.from(now.minus(LIFE));
    try (PreparedStatement insert = connection.prepareStatement(CLAIM)) {
      insert.setString(1, request.scope());
      insert.setString(2, request.key());
      insert.setBytes(3, request.fingerprint());
      insert.setTimestamp(4, Timestamp.from(now));
      insert.setTimestamp(5, expiry);
      insert.setTimestamp(6, expiry);
      insert.setInt(7, EXPIRED_PER_KEY);
      if (insert.executeUpdate() == 1) {
        return new IdempotencyClaim.Fresh();
      }
    }
    try (PreparedStatement select = connection.prepareStatement(SELECT)) {
      select.setString(1, request.scope());
      select.setString(2, request.key());
      try (ResultSet row = select.executeQuery()) {
        row.next();
        if (!MessageDigest.isEqual(row.getBytes(1), request.fingerprint())) {
          throw new IdempotencyKeyReusedException();
        }
        int status = row.getInt(2);
        return row.wasNull()
            ? new IdempotencyClaim.Unanswered()
            : new IdempotencyClaim.Answered(
                new StoredAnswer(status, row.getString(3), opened(request, row.getString(4)))
                    .replay(mapper));
      }
    }
  }

  private String opened(IdempotentRequest request, String stored) {
    return stored == null ? null : seal.open(stored, place(request));
  }

  private static String place(IdempotentRequest request) {
    return request.scope() + '\n' + request.key();
  }
}
