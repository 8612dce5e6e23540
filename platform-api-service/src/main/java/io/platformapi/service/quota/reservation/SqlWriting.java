package io.platformapi.service.quota.reservation;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.persistence.SqlPart;
import io.platformapi.service.quota.balance.BalanceChanges;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.QuotaBook;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What a transaction posts, and its changes of balances and reservations, in one statement of
 * several parts.
 */
final class SqlWriting {
  private final List<SqlPart> postings;
  private final BalanceChanges changes;
  private final List<Reservation> made;
  private final List<Reservation> ended;
  private final Instant now;

  SqlWriting(List<SqlPart> postings, Writes writes, QuotaBook book, Instant now) {
    this.postings = postings;
    this.changes = BalanceChanges.of(writes.changes(), book, now);
    // In one order on all nodes: two groups with the same request ids would wait for each other.
    this.made =
        writes.made().stream().sorted(Comparator.comparing(Reservation::requestId)).toList();
    this.ended = writes.ended();
    this.now = now;
  }

  /**
   * In the order in which rows are locked: the balances after the ledger's, because reservations
   * wait for them.
   */
  private String statement() {
    List<String> parts = new ArrayList<>();
    postings.forEach(part -> parts.add(part.sql()));
    if (!changes.isEmpty()) {
      parts.add(changes.sql());
    }
    if (!made.isEmpty()) {
      parts.add(ReservationSql.INSERT);
    }
    if (!ended.isEmpty()) {
      parts.add(ReservationSql.UPDATE);
    }
    return String.join(";", parts);
  }

  /**
   * Posts and makes the changes.
   *
   * @return the changed balances as they are now
   */
  List<Balance> run(Connection connection) throws SQLException {
    if (postings.isEmpty() && changes.isEmpty() && made.isEmpty() && ended.isEmpty()) {
      return List.of();
    }
    try (PreparedStatement statement = connection.prepareStatement(statement())) {
      Parameters parameters = new Parameters(statement);
      for (SqlPart part : postings) {
        part.values().addTo(parameters);
      }
      if (!changes.isEmpty()) {
        changes.bind(parameters, now);
      }
      if (!made.isEmpty()) {
        ReservationSql.bindInsert(parameters, connection, made);
      }
      if (!ended.isEmpty()) {
        ReservationSql.bindUpdate(parameters, ended);
      }
      statement.execute();
      for (int i = 0; i < postings.size(); i++) {
        statement.getMoreResults();
      }
      List<Balance> changed = List.of();
      if (!changes.isEmpty()) {
        changed = changes.answer(statement);
        statement.getMoreResults();
      }
      if (!made.isEmpty()) {
        refuseTaken(statement.getResultSet());
      }
      return changed;
    }
  }

  private void refuseTaken(ResultSet rows) throws SQLException {
    Set<UUID> inserted = new HashSet<>();
    while (rows.next()) {
      inserted.add(rows.getObject(1, UUID.class));
    }
    if (inserted.size() < made.size()) {
      throw new RequestIdsTakenException(
          made.stream()
              .filter(one -> !inserted.contains(one.id()))
              .map(Reservation::requestId)
              .collect(Collectors.toSet()));
    }
  }
}
