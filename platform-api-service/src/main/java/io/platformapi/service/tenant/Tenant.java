package io.platformapi.service.tenant;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.annotations.BatchSize;

/** A row of {@code tenants} with the gateway's teams and organizations that it pays for. */
@Entity
@Table(name = "tenants")
public class Tenant {
  private static final int PAGE = 200;

  @Id private String id;
  private String name;
  private String org;
  private String plan;
  private String platformId;
  private String currency;
  private String userProvisioning;
  private String state;
  private Instant createdAt;
  private Instant updatedAt;
  private long version;

  @ElementCollection
  @CollectionTable(name = "tenant_litellm_teams", joinColumns = @JoinColumn(name = "tenant_id"))
  @Column(name = "team_id")
  @BatchSize(size = PAGE)
  private Set<String> teams = new TreeSet<>();

  @ElementCollection
  @CollectionTable(
      name = "tenant_litellm_organizations",
      joinColumns = @JoinColumn(name = "tenant_id"))
  @Column(name = "organization_id")
  @BatchSize(size = PAGE)
  private Set<String> organizations = new TreeSet<>();

  protected Tenant() {}

  Tenant(NewTenant tenant, Instant now) {
    this.id = tenant.id();
    this.createdAt = now.truncatedTo(ChronoUnit.MICROS);
    begin(tenant, now);
  }

  /** Takes the values of a creation, also of one after another that failed. */
  final void begin(NewTenant tenant, Instant now) {
    name = tenant.name();
    org = tenant.org();
    plan = tenant.plan();
    platformId = tenant.platformId();
    currency = tenant.currency();
    userProvisioning = tenant.userProvisioning();
    teams.retainAll(tenant.litellmTeams());
    teams.addAll(tenant.litellmTeams());
    organizations.retainAll(tenant.litellmOrganizations());
    organizations.addAll(tenant.litellmOrganizations());
    become(TenantState.PROVISIONING, now);
  }

  final void become(TenantState next, Instant now) {
    state = next.code();
    updatedAt = now.truncatedTo(ChronoUnit.MICROS);
    version++;
  }

  void changePlan(String next, Instant now) {
    plan = next;
    become(state(), now);
  }

  String id() {
    return id;
  }

  TenantState state() {
    return TenantState.of(state);
  }

  TenantDetails details() {
    return new TenantDetails(
        id,
        name,
        org,
        plan,
        platformId,
        currency,
        teams.stream().sorted().toList(),
        organizations.stream().sorted().toList(),
        UserProvisioning.of(userProvisioning).orElseThrow(),
        state(),
        createdAt,
        updatedAt,
        version);
  }
}
