package io.platformapi.service.testing;

import io.platformapi.service.local.LocalApp;
import io.platformapi.service.local.LocalClients;
import io.platformapi.service.local.LocalIssuer;
import io.platformapi.service.local.LocalKafka;
import io.platformapi.service.local.LocalKong;
import io.platformapi.service.local.LocalPostgres;
import io.platformapi.service.local.LocalRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;

/**
 * The real servers that all tests of one JVM share, each started when first asked for and stopped
 * with the JVM. Tests keep apart by database, topic and key names.
 */
public final class RealServers {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(15);

  /** The application that users sign in to. */
  public static final LocalApp APP =
      new LocalApp(
          "console",
          "s3cret:with+signs",
          Set.of("https://console.example/callback", "https://console.example/other"),
          "user-1",
          Set.of("org_acme"),
          Set.of("quotas:read", "tenants:read"));

  private static volatile boolean postgresIsUsed;

  private RealServers() {}

  public static LocalPostgres postgres() {
    postgresIsUsed = true;
    return Postgres.SERVER;
  }

  /** Whether any test of this JVM has asked for PostgreSQL. */
  static boolean postgresIsUsed() {
    return postgresIsUsed;
  }

  public static LocalRedis redis() {
    return Redis.SERVER;
  }

  public static LocalKafka kafka() {
    return Kafka.SERVER;
  }

  public static LocalIssuer issuer() {
    return Issuer.SERVER;
  }

  /** WireMock in Kong's place, with the issuer behind it. */
  public static LocalKong kong() {
    return Kong.SERVER;
  }

  private static final class Postgres {
    static final LocalPostgres SERVER = start(LocalPostgres::start);
  }

  private static final class Redis {
    static final LocalRedis SERVER = start(LocalRedis::start);
  }

  private static final class Kafka {
    static final LocalKafka SERVER = start(LocalKafka::start);
  }

  private static final class Issuer {
    static final LocalIssuer SERVER = start(RealServers::startIssuer);
  }

  private static final class Kong {
    static final LocalKong SERVER =
        start(
            () -> {
              LocalKong kong = LocalKong.start(0);
              kong.routeLogto(URI.create("http://127.0.0.1:" + issuer().port()));
              return kong;
            });
  }

  private static LocalIssuer startIssuer() throws IOException {
    LocalIssuer issuer = LocalIssuer.start(0, new LocalClients());
    issuer.sessions().put(APP);
    return issuer;
  }

  private static <T extends AutoCloseable> T start(Starter<T> starter) {
    try {
      T server = starter.start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> closeInTime(server)));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A server that clients of many tests have left half open may take long; the JVM does not wait
   * for ever.
   */
  private static void closeInTime(AutoCloseable server) {
    Thread closing = new Thread(() -> close(server), "close-" + server.getClass().getSimpleName());
    closing.setDaemon(true);
    closing.start();
    try {
      closing.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (closing.isAlive()) {
      System.err.println(closing.getName() + " is at " + Arrays.toString(closing.getStackTrace()));
    }
  }

  private static void close(AutoCloseable server) {
    try {
      server.close();
    } catch (Exception e) {
      System.err.println("cannot stop " + server + ": " + e);
    }
  }

  private interface Starter<T> {
    T start() throws IOException;
  }
}
