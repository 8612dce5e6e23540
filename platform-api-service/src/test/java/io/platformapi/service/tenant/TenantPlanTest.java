package io.platformapi.service.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.PreconditionFailedException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.testing.FullAccess;
import io.platformapi.service.testing.TestDatabases;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Changes of a tenant's plan, up to where its limits are made to follow. */
class TenantPlanTest {
  private static final List<String> TOLD = new ArrayList<>();

  private static TenantNode first;
  private static TenantNode node;

  @BeforeAll
  static void start() {
    first = TenantNode.first();
    node = first.planning(TOLD::add);
  }

  @AfterAll
  static void stop() {
    node.close();
    first.close();
  }

  @Test
  void aChangeHasItsVersionAuditRowAndEventAndIsTold() {
    node.create("changes", null);
    assertThat(TOLD).contains("changes");
    TOLD.clear();
    long version = version("changes");
    TenantDetails after = patch(node, "changes", "pro");
    assertThat(after.plan()).isEqualTo("pro");
    assertThat(after.version()).isEqualTo(version + 1);
    assertThat(TOLD).containsExactly("changes");
    assertThat(
            first.single(
                "SELECT details->'plan'->>'before' || ' ' || (details->'plan'->>'after')"
                    + " FROM audit_events WHERE action = 'tenant.updated'"
                    + " AND target = 'tenant/changes'"))
        .isEqualTo("free pro");
    assertThat(
            first.single(
                "SELECT value::jsonb->'payload'->>'plan' FROM outbox"
                    + " WHERE value::jsonb->>'type' = 'tenant.updated'"))
        .isEqualTo("pro");
    assertThat(patch(node, "changes", "pro").version()).isEqualTo(version + 1);
    assertThat(first.single("SELECT count(*) FROM audit_events WHERE action = 'tenant.updated'"))
        .isEqualTo("1");
  }

  @Test
  void aNodeThatDiesAfterTheChangeLeavesATenantThatIsVisited() {
    node.create("crashed", null);
    execute(
        """
        INSERT INTO tenant_plans (tenant_id, defaults_version, tenant_version)
        SELECT 'crashed', 0, version FROM tenants WHERE id = 'crashed'""");
    try (TenantNode dying =
        first.planning(
            id -> {
              throw new Died();
            })) {
      assertThatThrownBy(() -> patch(dying, "crashed", "pro")).isInstanceOf(Died.class);
    }
    assertThat(first.single("SELECT plan FROM tenants WHERE id = 'crashed'")).isEqualTo("pro");
    assertThat(
            first.single(
                "SELECT t.version - p.tenant_version FROM tenants t"
                    + " JOIN tenant_plans p ON p.tenant_id = t.id WHERE t.id = 'crashed'"))
        .as("what it follows is behind, so every node finds it")
        .isEqualTo("1");
  }

  @Test
  void aNodeThatDiesAfterACreationLeavesATenantThatIsVisited() {
    try (TenantNode dying =
        first.planning(
            id -> {
              throw new Died();
            })) {
      assertThatThrownBy(() -> dying.create("unplanned", null)).isInstanceOf(Died.class);
    }
    assertThat(first.single("SELECT state FROM tenants WHERE id = 'unplanned'"))
        .isEqualTo("active");
    assertThat(first.single("SELECT count(*) FROM tenant_plans WHERE tenant_id = 'unplanned'"))
        .isEqualTo("0");
  }

  @Test
  void whatIsWrongChangesNothing() {
    node.create("stays", null);
    long version = version("stays");
    assertThatThrownBy(() -> patch(node, "stays", "no plan"))
        .isInstanceOf(ValidationException.class);
    assertThatThrownBy(() -> patch(node, "stays", null)).isInstanceOf(ValidationException.class);
    assertThatThrownBy(() -> patch(node, "nobody", "pro"))
        .isInstanceOf(ResourceNotFoundException.class);
    assertThatThrownBy(
            () ->
                node.feature
                    .service()
                    .patch(
                        "stays",
                        new TenantPatch("pro"),
                        change(
                            present -> {
                              throw new PreconditionFailedException();
                            }),
                        TenantPlanTest::answer))
        .isInstanceOf(PreconditionFailedException.class);
    execute("UPDATE tenants SET state = 'failed' WHERE id = 'stays'");
    assertThatThrownBy(() -> patch(node, "stays", "pro")).isInstanceOf(ConflictException.class);
    assertThat(version("stays")).isEqualTo(version);
  }

  private static void execute(String statement) {
    TestDatabases.execute(first.databases.adminName, statement);
  }

  private static long version(String id) {
    return Long.parseLong(
        first.single("SELECT version FROM tenants WHERE id = '%s'".formatted(id)));
  }

  private static TenantDetails patch(TenantNode at, String id, String plan) {
    return (TenantDetails)
        at.feature
            .service()
            .patch(id, new TenantPatch(plan), change(present -> {}), TenantPlanTest::answer)
            .getEntity();
  }

  private static TenantChange change(LongConsumer precondition) {
    return new TenantChange(
        "tester", new FullAccess(), "request-1", Optional.empty(), precondition);
  }

  private static Response answer(TenantDetails tenant) {
    return Response.ok(tenant).build();
  }

  /** A node's death. */
  private static final class Died extends Error {
    private static final long serialVersionUID = 1;
  }
}
