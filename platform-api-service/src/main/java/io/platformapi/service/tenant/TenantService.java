package io.platformapi.service.tenant;

import io.platformapi.service.auth.Access;
import io.platformapi.service.auth.ResourceView;
import io.platformapi.service.auth.RowFilter;
import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.IdempotencyClaim;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.persistence.DatabaseAddress;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.SqlFailure;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Creates, shows and changes tenants. */
public final class TenantService {
  static final String LIST = "tenants";

  private static final String UNIQUE_VIOLATION = "23505";

  private final InAdmin admin;
  private final TenantDao tenants;
  private final TenantDatabaseDao databases;
  private final CreationDao creations;
  private final TenantProvisioner provisioner;
  private final TenantEditor editor;
  private final Idempotency idempotency;
  private final Clock clock;
  private final String placement;
  private final ProvisioningStep.Listener listener;
  private final NewTenantRules rules = new NewTenantRules();

  TenantService(
      InAdmin admin,
      TenantDao tenants,
      TenantDatabaseDao databases,
      CreationDao creations,
      TenantProvisioner provisioner,
      TenantEditor editor,
      Idempotency idempotency,
      Clock clock,
      String placement,
      ProvisioningStep.Listener listener) {
    this.admin = admin;
    this.tenants = tenants;
    this.databases = databases;
    this.creations = creations;
    this.provisioner = provisioner;
    this.editor = editor;
    this.idempotency = idempotency;
    this.clock = clock;
    this.placement = placement;
    this.listener = listener;
  }

  /**
   * Registers a tenant, makes its database and returns when it is active. A repeated request with
   * the same key goes on where the first one stopped.
   *
   * @param answer made of the active tenant and kept under the request's key
   * @throws ConflictException when the id, organization, a team or a gateway organization is taken
   */
  public Response create(
      NewTenant given, CreationRequest request, Function<TenantDetails, Response> answer) {
    NewTenant tenant = rules.complete(given);
    request.access().checkWanted(view(tenant.id(), tenant.plan(), TenantState.PROVISIONING));
    Begun begun = begin(tenant, request);
    if (begun.replay() != null) {
      return begun.replay();
    }
    listener.passed(ProvisioningStep.REGISTERED, begun.tenantId());
    Response made = provisioner.provision(begun.address(), begun.tenantId(), request.key(), answer);
    provisioner.announce(begun.tenantId());
    return made;
  }

  /**
   * @throws ResourceNotFoundException also when the caller may not see it
   */
  public TenantDetails get(Access access, String id) {
    return admin.read(
        () -> {
          TenantDetails tenant =
              tenants
                  .find(id)
                  .map(Tenant::details)
                  .orElseThrow(() -> new ResourceNotFoundException("tenant"));
          access.checkPresent("tenant", view(tenant.id(), tenant.plan(), tenant.state()));
          return tenant;
        });
  }

  /** Tenants that the caller may see, in id order. */
  public Page<TenantDetails> list(Access access, PageRequest page) {
    RowFilter visible = access.rows(TenantDao.COLUMNS);
    String after = page.after().map(cursor -> cursor.text(0)).orElse("");
    List<TenantDetails> rows =
        admin.read(
            () ->
                tenants.page(visible, after, page.rowsToRead()).stream()
                    .map(Tenant::details)
                    .toList());
    return Page.of(rows, page, tenant -> Cursor.of(LIST, tenant.id()));
  }

  /**
   * Changes a tenant's plan; its limits follow before this returns, or when its database is back.
   * The same plan again changes nothing.
   *
   * @param answer made of the changed tenant and kept under the request's key
   * @throws ResourceNotFoundException also when the caller may not see it
   * @throws ConflictException when the tenant is not there yet, or could not be made
   */
  public Response patch(
      String id, TenantPatch patch, TenantChange change, Function<TenantDetails, Response> answer) {
    return editor.patch(id, patch, change, answer);
  }

  /** What policies read of a tenant. */
  static ResourceView view(String id, String plan, TenantState state) {
    return new ResourceView(id, Map.of("plan", plan, "state", state.code()));
  }

  private Begun begin(NewTenant tenant, CreationRequest request) {
    try {
      return admin.transaction(
          () -> {
            IdempotencyClaim claim =
                request.key().map(idempotency::claim).orElseGet(IdempotencyClaim.Fresh::new);
            if (claim instanceof IdempotencyClaim.Answered answered) {
              return new Begun(null, null, answered.replay());
            }
            if (claim instanceof IdempotencyClaim.Unanswered) {
              return request
                  .key()
                  .flatMap(this::unfinished)
                  .orElseGet(() -> register(again(tenant, request).orElse(tenant), request));
            }
            return register(tenant, request);
          });
    } catch (SqlFailure e) {
      throw refused(e);
    }
  }

  /** What an earlier request with this key began, unless that failed for good. */
  private Optional<Begun> unfinished(IdempotentRequest key) {
    return databases
        .ofRequest(key)
        .flatMap(tenants::find)
        .filter(tenant -> tenant.state() != TenantState.FAILED)
        .flatMap(tenant -> databases.find(tenant.id()))
        .map(row -> new Begun(row.tenantId(), row.address(), null));
  }

  private Begun register(NewTenant wanted, CreationRequest request) {
    Instant now = clock.instant();
    // A new name for each attempt, so that nothing of an earlier one is taken for this one's.
    DatabaseAddress address = new DatabaseAddress(placement, TenantDatabase.newName());
    if (!creations.register(new Tenant(wanted, now).details(), address, request)) {
      Tenant existing = tenants.lock(wanted.id()).orElseThrow();
      if (existing.state() != TenantState.FAILED) {
        throw new ConflictException("a tenant with this id exists");
      }
      existing.begin(wanted, now);
      databases.lock(wanted.id()).orElseThrow().begin(address, request, now);
      tenants.flush();
    }
    return new Begun(wanted.id(), address, null);
  }

  /** A request without an id that failed for good gets the id that it was given first. */
  private Optional<NewTenant> again(NewTenant given, CreationRequest request) {
    return request
        .key()
        .flatMap(databases::ofRequest)
        .flatMap(tenants::find)
        .filter(tenant -> tenant.state() == TenantState.FAILED)
        .map(
            tenant ->
                new NewTenant(
                    tenant.id(),
                    given.name(),
                    given.org(),
                    given.plan(),
                    given.platformId(),
                    given.currency(),
                    given.litellmTeams(),
                    given.litellmOrganizations(),
                    given.userProvisioning()));
  }

  private static RuntimeException refused(SqlFailure failure) {
    if (failure.constraint().equals("tenants_platform_known")) {
      return new ValidationException("platformId", "is not a known platform");
    }
    if (!UNIQUE_VIOLATION.equals(failure.sqlState())) {
      return failure;
    }
    return new ConflictException(
        switch (failure.constraint()) {
          case "tenants_org_unique" -> "the organization belongs to another tenant";
          case "tenant_litellm_teams_unique" -> "a LiteLLM team belongs to another tenant";
          case "tenant_litellm_organizations_unique" ->
              "a LiteLLM organization belongs to another tenant";
          default -> "a tenant with this id exists";
        });
  }

  private record Begun(String tenantId, DatabaseAddress address, Response replay) {}
}
