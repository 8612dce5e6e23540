package io.platformapi.service.apikey;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.auth.ApiKeys;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Changes;
import io.platformapi.service.config.ApiKeysConfiguration;
import io.platformapi.service.crypto.KeyRing;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.InAdmin;
import java.time.Clock;
import java.util.List;
import org.hibernate.SessionFactory;

/** Puts the parts of the feature together; its DAOs and entities stay inside. */
public final class ApiKeyFeature {
  private final ApiKeyService service;
  private final ApiKeyVerifier verifier;
  private final KeyUse use;

  /**
   * @param sessions the admin session factory
   * @param audit of the admin database
   * @param outbox of the admin database
   * @param caches of this node
   * @param changes where changed keys are recorded
   */
  public ApiKeyFeature(
      InAdmin admin,
      SessionFactory sessions,
      AuditLog audit,
      OutboxWriter outbox,
      ObjectMapper mapper,
      Caches caches,
      Changes changes,
      Clock clock,
      ApiKeysConfiguration configuration) {
    KeyRing secrets = KeyRing.parse(configuration.peppers());
    KeyHashes hashes = new KeyHashes(secrets);
    ApiKeySql sql = new ApiKeySql(admin);
    KeyCache cache = new KeyCache(sql::find, caches, configuration.staleAtMost().toJavaDuration());
    this.use = new KeyUse(sql, configuration.lastUsedInterval().toJavaDuration());
    this.verifier = new ApiKeyVerifier(cache, hashes, use, clock);
    this.service =
        new ApiKeyService(
            admin,
            new ApiKeyDao(sessions),
            hashes,
            new KeyJournal(audit, outbox),
            new Idempotency(sessions, mapper, clock, new SealedAnswers(secrets)),
            prefix -> changes.record(CacheKind.API_KEY, prefix),
            clock);
  }

  /** For the admin session factory. */
  public static List<Class<?>> entities() {
    return List.of(ApiKey.class);
  }

  public ApiKeyService service() {
    return service;
  }

  /** For authentication. */
  public ApiKeys keys() {
    return verifier;
  }

  /** What is done in the background. */
  public Managed background() {
    return use;
  }
}
