package io.platformapi.service.openapi;

import static java.util.Map.entry;

import io.platformapi.service.openapi.Catalogue.Entry;
import io.platformapi.service.openapi.Catalogue.Trait;
import io.platformapi.service.policy.AuthzenMetadata;
import io.platformapi.service.policy.BatchAnswer;
import io.platformapi.service.policy.BatchRequest;
import io.platformapi.service.policy.CheckAnswer;
import io.platformapi.service.policy.CheckRequest;
import io.platformapi.service.policy.Evaluation;
import io.platformapi.service.policy.Evaluations;
import io.platformapi.service.policy.ExplainAnswer;
import io.platformapi.service.policy.NewAssignment;
import io.platformapi.service.policy.NewPolicy;
import io.platformapi.service.policy.NewRole;
import io.platformapi.service.policy.PolicyDetails;
import io.platformapi.service.policy.PolicySchema;
import io.platformapi.service.policy.RoleAssignment;
import io.platformapi.service.policy.RoleDetails;
import io.platformapi.service.policy.SimulationReport;
import io.platformapi.service.policy.SimulationRequest;
import java.util.Map;

/** The endpoints of policies, roles and decisions, for {@link Catalogue}. */
final class PolicyCatalogue {
  private static final String POLICY =
      """
      {"id": "documents", "description": "who may read what", "enabled": true, "rules": [
        {"id": "own", "effect": "allow", "role": "*", "resourceType": "document", "action": "*",
         "condition": "resource.owner == subject.id", "description": ""}]}
      """;

  private static final String SCHEMA =
      """
      {"subject": {"department": "string", "clearance": "integer"}, "context": {},
       "resources": [{"type": "document", "actions": ["read", "write"],
                      "attributes": {"owner": "string", "level": "integer"}}]}
      """;

  private static final String ROLE =
      """
      {"name": "editor", "description": "writes", "parents": ["viewer"]}
      """;

  private static final String QUESTION =
      """
      {"subject": {"type": "user", "id": "ann", "attributes": {"clearance": 2}},
       "action": "read",
       "resource": {"type": "document", "id": "d1", "attributes": {"owner": "bob", "level": 1}},
       "context": {"ip": "192.0.2.1"}}
      """;

  static final Map<String, Entry> ENDPOINTS =
      Map.ofEntries(
          entry(
              "GET /v1/policies",
              new Entry("List the tenant's policies", 200, PolicyDetails.class).with(Trait.PAGE)),
          entry(
              "POST /v1/policies",
              new Entry("Create a policy", 201, PolicyDetails.class)
                  .request(NewPolicy.class, POLICY)
                  .with(Trait.ETAG, Trait.LOCATION, Trait.CONFLICT)),
          entry(
              "GET /v1/policies/{id}",
              new Entry("Read a policy", 200, PolicyDetails.class)
                  .with(Trait.ETAG, Trait.NOT_MODIFIED)),
          entry(
              "PUT /v1/policies/{id}",
              new Entry("Replace a policy", 200, PolicyDetails.class)
                  .request(NewPolicy.class, POLICY)
                  .with(Trait.ETAG, Trait.IF_MATCH)),
          entry(
              "DELETE /v1/policies/{id}",
              new Entry("Remove a policy", 204, Void.class).with(Trait.IF_MATCH)),
          entry(
              "GET /v1/policies/schema",
              new Entry("What the tenant's rules may speak of", 200, PolicySchema.class)
                  .with(Trait.ETAG, Trait.NOT_MODIFIED)),
          entry(
              "PUT /v1/policies/schema",
              new Entry("Replace what the rules may speak of", 200, PolicySchema.class)
                  .request(PolicySchema.class, SCHEMA)
                  .with(Trait.ETAG, Trait.IF_MATCH)),
          entry(
              "POST /v1/policies/simulate",
              new Entry("What a draft would have decided otherwise", 200, SimulationReport.class)
                  .request(SimulationRequest.class, "{\"policies\": [" + POLICY + "]}")),
          entry(
              "GET /v1/roles",
              new Entry("List the tenant's roles", 200, RoleDetails.class).with(Trait.PAGE)),
          entry(
              "POST /v1/roles",
              new Entry("Create a role", 201, RoleDetails.class)
                  .request(NewRole.class, ROLE)
                  .with(Trait.ETAG, Trait.LOCATION, Trait.CONFLICT)),
          entry(
              "GET /v1/roles/{name}",
              new Entry("Read a role", 200, RoleDetails.class)
                  .with(Trait.ETAG, Trait.NOT_MODIFIED)),
          entry(
              "PUT /v1/roles/{name}",
              new Entry("Replace a role; not a built-in one", 200, RoleDetails.class)
                  .request(NewRole.class, ROLE)
                  .with(Trait.ETAG, Trait.IF_MATCH, Trait.CONFLICT)),
          entry(
              "DELETE /v1/roles/{name}",
              new Entry("Remove a role that nobody and nothing uses", 204, Void.class)
                  .with(Trait.IF_MATCH, Trait.CONFLICT)),
          entry(
              "GET /v1/roles/{name}/assignments",
              new Entry("Which services and API keys have a role", 200, RoleAssignment.class)
                  .with(Trait.PAGE)),
          entry(
              "POST /v1/roles/{name}/assignments",
              new Entry("Give a role to a service or an API key", 201, RoleAssignment.class)
                  .request(
                      NewAssignment.class,
                      "{\"subject\": {\"type\": \"service\", \"id\": \"robot\"}}")
                  .with(Trait.LOCATION, Trait.CONFLICT)),
          entry(
              "DELETE /v1/roles/{name}/assignments/{assignment}",
              new Entry("Take a role away", 204, Void.class)),
          entry(
              "POST /v1/authz/check",
              new Entry("Decide one question", 200, CheckAnswer.class)
                  .request(CheckRequest.class, QUESTION)),
          entry(
              "POST /v1/authz/batch",
              new Entry("Decide up to 500 questions by one policy", 200, BatchAnswer.class)
                  .request(
                      BatchRequest.class,
                      "{\"semantic\": \"execute_all\", \"evaluations\": [" + QUESTION + "]}")),
          entry(
              "POST /v1/authz/explain",
              new Entry("Decide one question and tell how", 200, ExplainAnswer.class)
                  .request(CheckRequest.class, QUESTION)),
          entry(
              "POST /access/v1/evaluation",
              new Entry("AuthZEN 1.0: Access Evaluation", 200, Evaluation.class)),
          entry(
              "POST /access/v1/evaluations",
              new Entry("AuthZEN 1.0: Access Evaluations", 200, Evaluations.class)),
          entry(
              "GET /.well-known/authzen-configuration",
              new Entry("AuthZEN 1.0: where the endpoints are", 200, AuthzenMetadata.class)));

  private PolicyCatalogue() {}
}
