package io.platformapi.service.edge;

import io.platformapi.service.edge.EdgeChange.Outcome;
import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.reconciliation.LimitPush;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Pushes limits for a run of the reconciliation, and keeps what became of them for its report. */
public final class RunLimits implements LimitPush {
  static final String LIST = "edge-changes";

  private static final String ACTOR = "reconciliation";
  private static final Set<String> CHANGES =
      Set.of(Outcome.PUSHED.wire(), Outcome.TAKEN_BACK.wire());

  private final InTenant inTenant;
  private final LimitPusher pusher;
  private final EdgeChangeSql sql;

  RunLimits(InTenant inTenant, LimitPusher pusher, EdgeChangeSql sql) {
    this.inTenant = inTenant;
    this.pusher = pusher;
    this.sql = sql;
  }

  /** What an edge refuses is in the report and fails nothing. */
  @Override
  public int push(String tenantId, UUID runId, String requestId) {
    List<EdgeChange> changes =
        pusher.push(tenantId, ACTOR, requestId == null ? runId.toString() : requestId);
    inTenant.sql(
        tenantId,
        connection -> {
          sql.replace(connection, runId, changes);
          return null;
        });
    return (int) changes.stream().filter(change -> CHANGES.contains(change.outcome())).count();
  }

  Page<EdgeChange> page(String tenantId, UUID runId, PageRequest page) {
    long after = page.after().map(cursor -> cursor.number(0)).orElse(0L);
    List<EdgeChangeSql.Numbered> rows =
        inTenant.sql(tenantId, connection -> sql.page(connection, runId, after, page.rowsToRead()));
    return Page.of(rows, page, row -> Cursor.of(LIST, row.seq()))
        .map(EdgeChangeSql.Numbered::change);
  }
}
