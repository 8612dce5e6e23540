package io.platformapi.routes.ingestion;

/**
 * The judgement that an event can never be posted.
 *
 * @param reason the kind of defect
 * @param field the field it was found in, or null; never a value: values may be prompts
 */
public record Rejection(RejectReason reason, String field) {}
