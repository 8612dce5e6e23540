package io.platformapi.service.quota.reservation;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.quota.balance.AddIfRoom;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.usage.PostingLock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A whole transaction in one round trip: the parts go to the server together, and the first that
 * fails keeps those after it, the commit among them, from being run.
 */
final class SqlHolding {
  private static final int BEFORE_BALANCES = 2;

  private final Holding holding;
  private final AddIfRoom balances;
  private final List<Reservation> made;

  SqlHolding(Holding holding) {
    this.holding = holding;
    this.balances =
        new AddIfRoom(holding.balances(), holding.changes(), holding.book(), holding.now());
    // In one order on all nodes: two groups with the same request ids would wait for each other.
    this.made =
        holding.made().stream().sorted(Comparator.comparing(Reservation::requestId)).toList();
  }

  /** In the order in which rows are locked. */
  private String statement() {
    List<String> parts = new ArrayList<>();
    parts.add(PostingLock.SHARE);
    parts.add(AtOnce.SAME_VERSION);
    parts.addAll(balances.sql());
    parts.add(ReservationSql.INSERT_ALL);
    parts.add("COMMIT");
    return String.join(";", parts);
  }

  private void bind(Parameters to, Connection connection) throws SQLException {
    to.add(holding.book().version());
    balances.bind(to);
    ReservationSql.bindInsert(to, connection, made);
  }

  Held run(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(statement())) {
      bind(new Parameters(statement), connection);
      statement.execute();
      Map<BalanceKey, Balance> before = balances.answer(statement, BEFORE_BALANCES);
      return new Held(before, balances.changed(before));
    } catch (SQLException e) {
      throw AtOnce.failure(e);
    }
  }
}
