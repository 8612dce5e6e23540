package io.platformapi.routes.ingestion;

/**
 * What became of a posted body.
 *
 * @param received events read from the body
 * @param accepted events acknowledged by Kafka with a known tenant
 * @param unresolved events acknowledged by Kafka whose tenant is not known: they become dead
 *     letters
 * @param malformed pieces of the body that were not JSON objects: they became dead letters (digest
 *     and length only)
 */
public record IngestResult(int received, int accepted, int unresolved, int malformed) {}
