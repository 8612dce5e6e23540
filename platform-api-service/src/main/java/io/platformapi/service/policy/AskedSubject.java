package io.platformapi.service.policy;

import java.util.List;
import java.util.Map;

/**
 * Whom a question is about, in the words of the service that asks.
 *
 * @param type {@code user}, {@code service} or {@code api_key}
 * @param id stable id
 * @param roles its roles; what the tenant itself knows of the subject wins
 * @param scopes scopes of its credential; when absent the question is about the subject, whatever
 *     its credential
 * @param attributes values by name; those the tenant's schema does not declare are not looked at
 */
public record AskedSubject(
    String type,
    String id,
    List<String> roles,
    List<String> scopes,
    Map<String, Object> attributes) {}
