package io.platformapi.service.openapi;

import static java.util.Map.entry;

import io.platformapi.service.openapi.Catalogue.Entry;
import io.platformapi.service.openapi.Catalogue.Trait;
import io.platformapi.service.user.NewUser;
import io.platformapi.service.user.UserDetails;
import io.platformapi.service.user.UserPatch;
import java.util.List;
import java.util.Map;

/** The endpoints of users, for {@link Catalogue}. */
final class UserCatalogue {
  private static final String NEW_USER =
      """
      {"subject": "q8zj5b2m1x0k", "email": "ann@example.com", "displayName": "Ann",
       "roles": ["developer"], "attributes": {"department": "billing", "clearance": 2}}
      """;

  private static final String PATCH =
      """
      {"displayName": null, "status": "suspended", "attributes": {"clearance": 3}}
      """;

  private static final String USER =
      """
      {"id": "01a20a1c-0402-7123-b889-46e3ebb60103", "subject": "q8zj5b2m1x0k",
       "email": "ann@example.com", "displayName": "Ann", "status": "active",
       "roles": ["developer"], "attributes": {"clearance": 2, "department": "billing"},
       "createdAt": "2026-11-23T20:00:00.123456Z", "updatedAt": "2026-11-23T20:00:00.123456Z",
       "version": 1}
      """;

  static final Map<String, Entry> ENDPOINTS =
      Map.ofEntries(
          entry(
              "GET /v1/users",
              new Entry("List the tenant's users", 200, UserDetails.class).with(Trait.PAGE)),
          entry(
              "POST /v1/users",
              new Entry("Create a user", 201, UserDetails.class)
                  .request(NewUser.class, NEW_USER)
                  .answer(USER)
                  .with(Trait.ETAG, Trait.LOCATION, Trait.CONFLICT)),
          entry(
              "GET /v1/users/{id}",
              new Entry("Read a user", 200, UserDetails.class)
                  .answer(USER)
                  .with(Trait.ETAG, Trait.NOT_MODIFIED)),
          entry(
              "PATCH /v1/users/{id}",
              new Entry("Change a user, suspend or resume it (RFC 7396)", 200, UserDetails.class)
                  .request(UserPatch.class, PATCH)
                  .with(Trait.ETAG, Trait.IF_MATCH, Trait.CONFLICT)),
          entry(
              "DELETE /v1/users/{id}",
              new Entry("Erase a user and keep its tokens refused", 204, Void.class)
                  .with(Trait.IF_MATCH)));

  /** Schema and words of each query parameter. */
  static final Map<String, Map<String, Object>> QUERY =
      Map.of(
          "status",
          parameter(
              "only those", Tree.of("type", "string", "enum", List.of("active", "suspended"))),
          "role",
          parameter("only who has the role itself, not by inheritance", text()),
          "email",
          parameter("only who has it, whatever its case", text()),
          "subject",
          parameter("only who has it", text()));

  /** Schemas of what Java holds as any JSON, by record and component. */
  static final Map<String, Map<String, Object>> SHAPES =
      Map.of(
          "NewUser.attributes", attributes(),
          "UserDetails.attributes", attributes(),
          "UserPatch.subject", text(),
          "UserPatch.email", text(),
          "UserPatch.displayName", text(),
          "UserPatch.status", Tree.of("type", "string", "enum", List.of("active", "suspended")),
          "UserPatch.roles", Tree.of("type", "array", "items", text()),
          "UserPatch.attributes", attributes());

  private UserCatalogue() {}

  private static Map<String, Object> attributes() {
    return Tree.of(
        "type",
        "object",
        "additionalProperties",
        Tree.of(
            "type", List.of("string", "integer", "number", "boolean", "array"), "items", text()));
  }

  private static Map<String, Object> text() {
    return Tree.of("type", "string");
  }

  private static Map<String, Object> parameter(String description, Map<String, Object> schema) {
    return Tree.of("description", description, "schema", schema);
  }
}
