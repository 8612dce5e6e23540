package io.platformapi.service.reconciliation;

import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlWork;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.usage.LedgerTenants;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Shows a tenant's runs and what they found. */
public final class RunReader {
  static final String RUNS = "reconciliations";
  static final int RUNS_CURSOR_PARTS = 2;
  static final String ITEMS = "reconciliation-items";
  static final int ITEMS_CURSOR_PARTS = 1;
  static final String COUNTERS = "reconciliation-counters";

  private final InTenant inTenant;
  private final LedgerTenants tenants;

  RunReader(InTenant inTenant, LedgerTenants tenants) {
    this.inTenant = inTenant;
    this.tenants = tenants;
  }

  /** The youngest runs first. */
  Page<RunDetails> runs(String tenantId, RunQuery query, PageRequest page) {
    String currency = tenants.get(tenantId).currency();
    Instant createdAt = page.after().map(cursor -> cursor.instant(0)).orElse(RunSql.NEVER);
    UUID id = page.after().map(cursor -> cursor.uuid(1)).orElse(RunSql.LAST);
    List<ReconciliationRun> rows =
        inTenant.sql(
            tenantId,
            connection -> SearchSql.runs(connection, query, createdAt, id, page.rowsToRead()));
    return Page.of(rows, page, run -> Cursor.of(RUNS, run.createdAt(), run.id()))
        .map(run -> RunDetails.of(run, currency));
  }

  /**
   * @throws ResourceNotFoundException when there is no such run
   */
  public RunDetails run(String tenantId, String id) {
    return run(tenantId, ReconciliationParameters.id(id, "reconciliation"));
  }

  RunDetails run(String tenantId, UUID id) {
    return RunDetails.of(find(tenantId, id), tenants.get(tenantId).currency());
  }

  ReconciliationRun find(String tenantId, UUID id) {
    return inTenant
        .sql(tenantId, connection -> RunSql.find(connection, id))
        .orElseThrow(() -> new ResourceNotFoundException("reconciliation"));
  }

  /**
   * In the order in which they were found.
   *
   * @throws ResourceNotFoundException when there is no such run
   */
  Page<ItemDetails> items(String tenantId, ItemQuery query, PageRequest page) {
    String currency = tenants.get(tenantId).currency();
    long after = page.after().map(cursor -> cursor.number(0)).orElse(0L);
    List<ReconciliationItem> rows =
        ofRun(
            tenantId,
            query.run(),
            connection -> SearchSql.items(connection, query, after, page.rowsToRead()));
    return Page.of(rows, page, item -> Cursor.of(ITEMS, item.seq()))
        .map(item -> ItemDetails.of(item, currency));
  }

  /**
   * Counters of the gateway that the run has compared.
   *
   * @param verdict null for any
   * @throws ResourceNotFoundException when there is no such run
   */
  Page<CounterDetails> counters(
      String tenantId, UUID run, CounterVerdict verdict, PageRequest page) {
    String currency = tenants.get(tenantId).currency();
    long after = page.after().map(cursor -> cursor.number(0)).orElse(0L);
    List<ComparedCounter> rows =
        ofRun(
            tenantId,
            run,
            connection ->
                ComparedCounterSql.page(connection, run, verdict, after, page.rowsToRead()));
    return Page.of(rows, page, counter -> Cursor.of(COUNTERS, (long) counter.seq()))
        .map(counter -> CounterDetails.of(counter, currency));
  }

  /** What a run has; 404 when there is no such run. */
  private <T> List<T> ofRun(String tenantId, UUID run, SqlWork<List<T>> work) {
    return inTenant.sql(
        tenantId,
        connection -> {
          if (RunSql.find(connection, run).isEmpty()) {
            throw new ResourceNotFoundException("reconciliation");
          }
          return work.run(connection);
        });
  }

  /**
   * @throws ResourceNotFoundException when there is no such item in the run
   */
  ItemDetails item(String tenantId, UUID run, UUID id) {
    return inTenant
        .sql(tenantId, connection -> ItemSql.find(connection, run, id))
        .map(item -> ItemDetails.of(item, tenants.get(tenantId).currency()))
        .orElseThrow(() -> new ResourceNotFoundException("reconciliation item"));
  }
}
