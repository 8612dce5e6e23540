package io.platformapi.service.policy;

import java.util.Map;

/**
 * What a question is about, always a resource of the tenant.
 *
 * @param id its id, or null when it has none yet
 * @param attributes values by name; those the tenant's schema does not declare for the type are not
 *     looked at
 */
public record AskedResource(String type, String id, Map<String, Object> attributes) {}
