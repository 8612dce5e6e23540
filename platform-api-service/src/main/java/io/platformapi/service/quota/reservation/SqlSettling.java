package io.platformapi.service.quota.reservation;

import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.persistence.SqlPart;
import io.platformapi.service.quota.balance.AddIfRoom;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.usage.PostingLock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A whole transaction in one round trip, as that of {@link SqlHolding}. */
final class SqlSettling {
  private static final int BEFORE_POSTINGS = 3;

  private final Settling settling;
  private final List<SqlPart> postings;
  private final AddIfRoom balances;

  /**
   * @param postings of what is settled
   */
  SqlSettling(Settling settling, List<SqlPart> postings) {
    this.settling = settling;
    this.postings = postings;
    this.balances =
        new AddIfRoom(settling.balances(), settling.changes(), settling.book(), settling.now());
  }

  /**
   * In the order in which rows are locked: the balances after the ledger's, because reservations
   * wait for them. At the end the request ids become free: whoever wants one of them and waits for
   * it has the balances.
   */
  private String statement() {
    List<String> parts = new ArrayList<>();
    parts.add(PostingLock.SHARE);
    parts.add(AtOnce.SAME_VERSION);
    parts.add(ReservationSql.LOCK_IF_OPEN);
    postings.forEach(part -> parts.add(part.sql()));
    parts.addAll(balances.sql());
    parts.add(ReservationSql.UPDATE);
    parts.add("COMMIT");
    return String.join(";", parts);
  }

  private void bind(Parameters to) throws SQLException {
    List<Reservation> settled = settling.settled();
    to.add(settling.book().version());
    to.add(settled.size());
    to.add(settled.stream().map(one -> one.id().toString()).toArray(String[]::new));
    for (SqlPart part : postings) {
      part.values().addTo(to);
    }
    balances.bind(to);
    ReservationSql.bindUpdate(to, settled);
  }

  /**
   * @return the changed balances as they are now
   */
  List<Balance> run(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(statement())) {
      bind(new Parameters(statement));
      statement.execute();
      return balances.changed(balances.answer(statement, BEFORE_POSTINGS + postings.size()));
    } catch (SQLException e) {
      throw AtOnce.failure(e);
    }
  }
}
