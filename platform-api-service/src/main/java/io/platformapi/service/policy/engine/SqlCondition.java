package io.platformapi.service.policy.engine;

import java.util.List;

/**
 * A condition for a WHERE clause of PostgreSQL.
 *
 * @param text SQL that is true or false, never null, with one {@code ?} for each bind
 * @param binds values in order: String, Long, BigDecimal, Boolean or OffsetDateTime
 */
public record SqlCondition(String text, List<Object> binds) {}
