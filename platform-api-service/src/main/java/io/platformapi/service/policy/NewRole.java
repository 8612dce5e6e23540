package io.platformapi.service.policy;

import java.util.List;

/**
 * A role as it is written.
 *
 * @param name natural key; may be left out where the path names it
 * @param description for people; empty when absent
 * @param parents roles whose rules count for it too; none when absent
 */
public record NewRole(String name, String description, List<String> parents) {}
