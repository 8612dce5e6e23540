package io.platformapi.routes.ingestion;

/** An event of a known tenant on its way to the store, with the record it came in. */
record PendingEvent(SourceRecord source, IngestEvent event) {}
