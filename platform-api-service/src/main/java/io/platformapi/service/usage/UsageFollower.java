package io.platformapi.service.usage;

import io.platformapi.routes.message.UsageRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** What has to be kept up in the transaction that posts usage, such as balances of quotas. */
public interface UsageFollower {

  /** Nothing. */
  UsageFollower NONE = (tenant, calls) -> Following.NOTHING;

  /**
   * Follows one attempt to post calls, of which some may have been posted before. Asked outside of
   * the transaction.
   */
  Following follow(LedgerTenant tenant, List<UsageRecord> calls);

  /**
   * One attempt; its methods are called in this order. Each may throw {@link PostAgainException}.
   */
  interface Following {
    Following NOTHING =
        new Following() {
          @Override
          public String query() {
            return "";
          }

          @Override
          public Collection<SettlementKey> read(
              PreparedStatement answered, List<UsageRecord> fresh) {
            return List.of();
          }

          @Override
          public void posted(
              Connection connection,
              UUID batch,
              List<UsageRecord> fresh,
              List<LedgerCall> takenBack,
              Instant now) {}

          @Override
          public void committed() {}
        };

    /**
     * Statements that are run when the posting lock is had and the calls are inserted, in the same
     * round trip. Their only parameter is the array of the calls' ids, {@code text[]}. Empty when
     * there are none.
     */
    String query();

    /**
     * Reads the answer.
     *
     * @param answered stands at the first result of the query; not called without a query
     * @param fresh calls that were not posted before; none when something is only taken back
     * @return settlements whose place the calls take
     */
    Collection<SettlementKey> read(PreparedStatement answered, List<UsageRecord> fresh)
        throws SQLException;

    /**
     * Keeps up what depends on usage, last in the transaction, so that rows that grants wait for
     * are locked for a short time.
     *
     * @param batch that the calls are posted in
     * @param takenBack settlements that are posted with the opposite sign in the same batch
     */
    void posted(
        Connection connection,
        UUID batch,
        List<UsageRecord> fresh,
        List<LedgerCall> takenBack,
        Instant now)
        throws SQLException;

    /** The transaction has been committed. */
    void committed();
  }
}
