package io.platformapi.routes.ingestion;

import io.platformapi.routes.support.EventHeaders;
import io.platformapi.routes.support.Stopping;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Posts what is due of a batch of the retry topic. What is due soon is waited for, within a small
 * part of max.poll.interval; the rest goes back to the end of the topic, so that one tenant's long
 * pause holds up nobody.
 */
final class RetryStep implements Processor {
  private static final Duration MAX_WAIT = Duration.ofSeconds(5);

  private final IngestStep ingest;
  private final Clock clock;
  private final Stopping stopping;

  RetryStep(IngestStep ingest, Clock clock, Stopping stopping) {
    this.ingest = ingest;
    this.clock = clock;
    this.stopping = stopping;
  }

  @Override
  public void process(Exchange exchange) {
    PolledBatch batch = PolledBatch.of(exchange);
    awaitFirst(batch.records());
    long now = clock.millis();
    List<SourceRecord> due = new ArrayList<>();
    List<SourceRecord> notYet = new ArrayList<>();
    for (SourceRecord record : batch.records()) {
      (notBefore(record) <= now ? due : notYet).add(record);
    }
    ingest.post(due, notYet);
    batch.commit();
  }

  private void awaitFirst(List<SourceRecord> records) {
    long first = records.stream().mapToLong(RetryStep::notBefore).min().orElse(0);
    long wait = Math.min(first - clock.millis(), MAX_WAIT.toMillis());
    if (wait > 0 && !stopping.pause(Duration.ofMillis(wait))) {
      throw new CancellationException("stopping; the batch stays in the retry topic");
    }
  }

  private static long notBefore(SourceRecord record) {
    return EventHeaders.number(record.headers(), EventHeaders.NOT_BEFORE, 0);
  }
}
