package io.platformapi.service.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.concurrent.DaemonThreads;
import io.platformapi.service.problem.UnavailableException;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issuer's public keys, fetched through the gateway and kept: refreshed in the background, at
 * once (but seldom) for a key id that is not known, and never forgotten because the issuer is down.
 */
public final class SigningKeys implements Managed {
  private static final Duration REFRESH = Duration.ofMinutes(5);
  // Without a key nobody can be judged: the issuer may have started after us.
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Logger log = LoggerFactory.getLogger(SigningKeys.class);
  private final Issuer issuer;
  private final Duration pause;
  private final ScheduledExecutorService background;

  private volatile Map<String, SigningKey> keys = Map.of();
  private long lastAttempt;
  private boolean attempted;

  /**
   * @param issuer whose keys they are
   * @param pause shortest time between two fetches that unknown key ids cause
   */
  public SigningKeys(Issuer issuer, Duration pause) {
    this.issuer = issuer;
    this.pause = pause;
    this.background = Executors.newSingleThreadScheduledExecutor(new DaemonThreads("signing-keys"));
  }

  @Override
  public void start() {
    background.execute(this::fetchAndGoOn);
  }

  @Override
  public void stop() {
    background.shutdownNow();
  }

  /**
   * The key of an id, asking the issuer when it is not known.
   *
   * @throws UnavailableException when no key at all could be had so far: nobody can be judged
   */
  Optional<SigningKey> find(String keyId) {
    SigningKey known = keys.get(keyId);
    if (known == null) {
      fetchForUnknown(keyId);
      known = keys.get(keyId);
    }
    if (known == null && keys.isEmpty()) {
      throw new UnavailableException("the token issuer cannot be reached now", RETRY_AFTER);
    }
    return Optional.ofNullable(known);
  }

  /** All keys that are believed now: one and the same map until they change. */
  Map<String, SigningKey> current() {
    return keys;
  }

  private void fetchAndGoOn() {
    fetch();
    Duration wait = keys.isEmpty() ? RETRY : REFRESH;
    try {
      background.schedule(this::fetchAndGoOn, wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("stopped");
    }
  }

  private synchronized void fetchForUnknown(String keyId) {
    boolean justNow = attempted && System.nanoTime() - lastAttempt < pause.toNanos();
    if (!justNow && !keys.containsKey(keyId)) {
      fetch();
    }
  }

  private synchronized void fetch() {
    try {
      Map<String, SigningKey> read = read();
      if (!read.equals(keys)) {
        keys = read;
      }
    } catch (IOException | ParseException | JOSEException | RuntimeException e) {
      log.warn("cannot fetch signing keys, keeping {} known: {}", keys.size(), e.toString());
    } finally {
      attempted = true;
      lastAttempt = System.nanoTime();
    }
  }

  private Map<String, SigningKey> read() throws IOException, ParseException, JOSEException {
    Map<String, SigningKey> read = new HashMap<>();
    for (JWK key : JWKSet.parse(issuer.keys()).getKeys()) {
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
