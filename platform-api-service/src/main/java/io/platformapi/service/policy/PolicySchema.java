package io.platformapi.service.policy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a tenant's rules may speak of beside the built-in attributes and the platform's types.
 *
 * @param subject type of each attribute of a subject by name; none when absent
 * @param context type of each attribute of the circumstances by name, read as {@code env.name};
 *     none when absent
 * @param resources types of resources of the tenant's own systems; none when absent
 */
public record PolicySchema(
    Map<String, String> subject, Map<String, String> context, List<ResourceKind> resources) {

  public PolicySchema {
    subject = subject == null ? Map.of() : new TreeMap<>(subject);
    context = context == null ? Map.of() : new TreeMap<>(context);
    resources = resources == null ? List.of() : resources;
  }
}
