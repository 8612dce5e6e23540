package io.platformapi.routes.ingestion;

import org.apache.kafka.common.header.Headers;

/** A consumed record with its origin, so that it can be put aside unchanged. */
record SourceRecord(
    String topic, int partition, long offset, byte[] key, byte[] value, Headers headers) {}
