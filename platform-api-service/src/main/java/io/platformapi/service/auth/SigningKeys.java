package io.platformapi.service.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Snapshot;
import io.platformapi.service.cache.SnapshotOptions;
import io.platformapi.service.problem.UnavailableException;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The issuer's public keys, fetched through the gateway and kept: refreshed in the background, at
 * once (but seldom) for a key id that is not known, and never forgotten because the issuer is down.
 */
public final class SigningKeys implements Managed {
  private static final Duration REFRESH = Duration.ofMinutes(5);
  // Without a key nobody can be judged: the issuer may have started after us.
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Issuer issuer;
  private final Duration pause;
  private final Snapshot<Map<String, SigningKey>> keys;

  /**
   * @param issuer whose keys they are
   * @param pause shortest time between two fetches that unknown key ids cause
   * @param caches of this node
   */
  public SigningKeys(Issuer issuer, Duration pause, Caches caches) {
    this.issuer = issuer;
    this.pause = pause;
    this.keys =
        caches.whole(
            CacheKind.SIGNING_KEY,
            "signing-keys",
            Map.of(),
            this::read,
            new SnapshotOptions<Map<String, SigningKey>>(REFRESH, RETRY, Map::size).ownStart());
  }

  /** To be called when the gateway can be used. */
  @Override
  public void start() {
    keys.start();
  }

  @Override
  public void stop() {
    keys.stop();
  }

  /**
   * The key of an id, asking the issuer when it is not known.
   *
   * @throws UnavailableException when no key at all could be had so far: nobody can be judged
   */
  Optional<SigningKey> find(String keyId) {
    Map<String, SigningKey> known = keys.get();
    if (!known.containsKey(keyId)) {
      keys.refreshSeldom(pause);
      known = keys.get();
    }
    if (known.isEmpty()) {
      throw new UnavailableException("the token issuer cannot be reached now", RETRY_AFTER);
    }
    return Optional.ofNullable(known.get(keyId));
  }

  /** All keys that are believed now: one and the same map until they change. */
  Map<String, SigningKey> current() {
    return keys.get();
  }

  private Map<String, SigningKey> read() {
    try {
      return usable(JWKSet.parse(issuer.keys()));
    } catch (IOException | ParseException | JOSEException e) {
      throw new IllegalStateException("no keys of the issuer: " + e.getMessage(), e);
    }
  }

  private static Map<String, SigningKey> usable(JWKSet set) throws IOException, JOSEException {
    Map<String, SigningKey> read = new HashMap<>();
    for (JWK key : set.getKeys()) {
      Optional<SigningKey> usable = SigningKey.of(key);
      if (key.getKeyID() != null && usable.isPresent()) {
        read.put(key.getKeyID(), usable.get());
      }
    }
    if (read.isEmpty()) {
      throw new IOException("no usable key among those of the issuer");
    }
    return Map.copyOf(read);
  }
}
