package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JsonFactory;
import io.platformapi.routes.RoutesConfig;
import io.platformapi.routes.ingestion.PutAside.Dead;
import io.platformapi.routes.ingestion.TenantStorer.Leftover;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.routes.support.RouteMeters;
import io.platformapi.routes.support.Stopping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Posts one batch of the usage topic: reads each record by itself, stores what belongs to each
 * tenant, puts aside what cannot be stored, and only then moves the offsets. Whatever it throws
 * means: nothing is committed, read the batch again.
 */
final class IngestStep implements Processor {
  private final RoutesConfig config;
  private final JsonFactory json;
  private final TenantDirectory tenants;
  private final ParallelStorer storer;
  private final PutAside putAside;
  private final RouteMeters meters;
  private final Stopping stopping;

  IngestStep(
      RoutesConfig config,
      JsonFactory json,
      TenantDirectory tenants,
      ParallelStorer storer,
      PutAside putAside,
      RouteMeters meters,
      Stopping stopping) {
    this.config = config;
    this.json = json;
    this.tenants = tenants;
    this.storer = storer;
    this.putAside = putAside;
    this.meters = meters;
    this.stopping = stopping;
  }

  @Override
  public void process(Exchange exchange) {
    PolledBatch batch = PolledBatch.of(exchange);
    meters.batch(batch.records().size());
    post(batch.records(), List.of());
    batch.commit();
    meters.lag(Thread.currentThread().getName(), batch.lag());
  }

  /**
   * Returns when every record is stored or put aside.
   *
   * @param postponed records of the retry topic to be written there again untouched
   */
  void post(List<SourceRecord> records, List<SourceRecord> postponed) {
    InPlaceRetry retry = new InPlaceRetry(config.storeRetry(), stopping);
    EventReader reader = new EventReader(json);
    TenantResolver resolver = new TenantResolver(tenants);
    List<Dead> dead = new ArrayList<>();
    Map<String, List<PendingEvent>> byTenant = new LinkedHashMap<>();
    for (SourceRecord record : records) {
      try {
        IngestEvent event = reader.read(record.value());
        String tenant = retry.call(() -> resolver.tenantOf(event));
        byTenant
            .computeIfAbsent(tenant, id -> new ArrayList<>())
            .add(new PendingEvent(record, event));
      } catch (RejectedException e) {
        dead.add(new Dead(record, e.rejection()));
      }
    }
    List<SourceRecord> later = new ArrayList<>();
    for (Leftover leftover : storer.store(byTenant, retry)) {
      leftover
          .dead()
          .forEach(
              source ->
                  dead.add(new Dead(source, new Rejection(RejectReason.REJECTED_BY_STORE, null))));
      later.addAll(leftover.later());
    }
    putAside.write(dead, later, postponed);
  }
}
