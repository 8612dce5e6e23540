package io.platformapi.service;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import io.platformapi.service.config.AdminDatabaseConfiguration;
import io.platformapi.service.config.ApiKeysConfiguration;
import io.platformapi.service.config.AuthConfiguration;
import io.platformapi.service.config.CacheConfiguration;
import io.platformapi.service.config.GatewayConfiguration;
import io.platformapi.service.config.KafkaConfiguration;
import io.platformapi.service.config.OutboxConfiguration;
import io.platformapi.service.config.PoliciesConfiguration;
import io.platformapi.service.config.QuotasConfiguration;
import io.platformapi.service.config.ReconciliationConfiguration;
import io.platformapi.service.config.RedisConfiguration;
import io.platformapi.service.config.SignInConfiguration;
import io.platformapi.service.config.TenantsConfiguration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;

/** Everything that can be configured: one object for each thing the service depends on. */
public class PlatformConfiguration extends Configuration {
  @Valid @NotNull @JsonProperty private AdminDatabaseConfiguration adminDatabase;
  @Valid @NotNull @JsonProperty private TenantsConfiguration tenants;
  @Valid @NotNull @JsonProperty private KafkaConfiguration kafka;
  @Valid @NotNull @JsonProperty private RedisConfiguration redis;
  @Valid @NotNull @JsonProperty private GatewayConfiguration gateway;
  @Valid @NotNull @JsonProperty private AuthConfiguration auth;
  @Valid @NotNull @JsonProperty private ApiKeysConfiguration apiKeys;
  @Valid @NotNull @JsonProperty private SignInConfiguration signIn = SignInConfiguration.OFF;
  @Valid @NotNull @JsonProperty private OutboxConfiguration outbox;
  @Valid @NotNull @JsonProperty private CacheConfiguration cache;
  @Valid @NotNull @JsonProperty private PoliciesConfiguration policies;
  @Valid @NotNull @JsonProperty private QuotasConfiguration quotas = new QuotasConfiguration();

  @Valid @NotNull @JsonProperty
  private ReconciliationConfiguration reconciliation = new ReconciliationConfiguration();

  public AdminDatabaseConfiguration adminDatabase() {
    return adminDatabase;
  }

  public TenantsConfiguration tenants() {
    return tenants;
  }

  public KafkaConfiguration kafka() {
    return kafka;
  }

  public RedisConfiguration redis() {
    return redis;
  }

  public GatewayConfiguration gateway() {
    return gateway;
  }

  public AuthConfiguration auth() {
    return auth;
  }

  public ApiKeysConfiguration apiKeys() {
    return apiKeys;
  }

  public SignInConfiguration signIn() {
    return signIn;
  }

  public OutboxConfiguration outbox() {
    return outbox;
  }

  public CacheConfiguration cache() {
    return cache;
  }

  public PoliciesConfiguration policies() {
    return policies;
  }

  public ReconciliationConfiguration reconciliation() {
    return reconciliation;
  }

  public QuotasConfiguration quotas() {
    return quotas;
  }
}
