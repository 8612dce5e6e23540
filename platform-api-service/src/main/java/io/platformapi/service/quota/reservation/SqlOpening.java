package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotencyBatch;
import io.platformapi.service.http.IdempotencyClaim;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.balance.BalanceSql;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.usage.PostingLock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The first round trip of a transaction: what it needs, in one statement of several parts. */
final class SqlOpening {
  private static final String VERSION = "SELECT version FROM quota_set";

  private final Opening opening;
  private final IdempotencyBatch idempotency;
  private final List<BalanceKey> balances;
  private final boolean rolling;

  SqlOpening(Opening opening, IdempotencyBatch idempotency) {
    this.opening = opening;
    this.idempotency = idempotency;
    this.balances = List.copyOf(opening.balances().keySet());
    this.rolling = BalanceSql.anyRolling(opening.balances());
  }

  private String statement() {
    List<String> parts = new ArrayList<>();
    parts.add(PostingLock.SHARE);
    parts.add(VERSION);
    if (!opening.requests().isEmpty()) {
      parts.add(IdempotencyBatch.FIND);
    }
    if (!opening.reservations().isEmpty()) {
      parts.add(ReservationSql.LOCK);
    }
    if (opening.overdue() > 0) {
      parts.add(ReservationSql.LOCK_OVERDUE);
    }
    if (!balances.isEmpty()) {
      parts.add(BalanceSql.LOCK);
    }
    if (rolling) {
      // Another statement, which sees what was committed while the locks were waited for.
      parts.add(BalanceSql.READ);
    }
    return String.join(";", parts);
  }

  private void bind(Parameters to) throws SQLException {
    if (!opening.requests().isEmpty()) {
      idempotency.bindFind(to, opening.requests());
    }
    if (!opening.reservations().isEmpty()) {
      to.add(opening.reservations().stream().map(UUID::toString).toArray(String[]::new));
    }
    if (opening.overdue() > 0) {
      to.add(opening.now()).add(opening.overdue());
    }
    if (!balances.isEmpty()) {
      BalanceSql.bindLock(to, opening.balances());
    }
    if (rolling) {
      BalanceSql.bindRead(to, opening.balances(), opening.now());
    }
  }

  Opened run(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(statement())) {
      bind(new Parameters(statement));
      statement.execute();
      ResultSet set = next(statement);
      set.next();
      long version = set.getLong(1);
      Map<IdempotentRequest, IdempotencyClaim> claims =
          opening.requests().isEmpty()
              ? Map.of()
              : idempotency.found(next(statement), opening.requests());
      List<Reservation> reservations =
          opening.reservations().isEmpty() && opening.overdue() == 0
              ? List.of()
              : ReservationSql.read(next(statement));
      Map<BalanceKey, Balance> found = new HashMap<>();
      if (!balances.isEmpty()) {
        BalanceSql.answer(next(statement), balances, found);
      }
      if (rolling) {
        BalanceSql.answer(next(statement), balances, found);
      }
      return new Opened(version, claims, reservations, found);
    }
  }

  private static ResultSet next(PreparedStatement statement) throws SQLException {
    statement.getMoreResults();
    return statement.getResultSet();
  }
}
