package io.platformapi.service.policy;

import io.platformapi.service.auth.ResourceView;
import io.platformapi.service.auth.RowColumns;
import java.util.Map;

/** Policies, roles and the schema as policies look at them: all of one type, told apart by kind. */
final class PolicyViews {
  static final RowColumns POLICY_COLUMNS = columns("policy", "id");
  static final RowColumns ROLE_COLUMNS = columns("role", "r.name");
  static final ResourceView SCHEMA = view("schema", "schema");

  private PolicyViews() {}

  static ResourceView policy(String id) {
    return view("policy", id);
  }

  static ResourceView role(String name) {
    return view("role", name);
  }

  private static ResourceView view(String kind, String id) {
    return new ResourceView(id, Map.of("kind", kind));
  }

  private static RowColumns columns(String kind, String id) {
    return new RowColumns(
        Map.of("resource.id", id, "resource.kind", "CAST('" + kind + "' AS text)"));
  }
}
