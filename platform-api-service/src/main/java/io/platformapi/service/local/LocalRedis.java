package io.platformapi.service.local;

import io.platformapi.service.health.RedisCheck;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis in a process of its own, without persistence, on a free loopback port.
 *
 * <p>It runs as a daemon, so that Ctrl-C at the terminal does not reach it: like PostgreSQL it is
 * stopped by its owner, after everything that still talks to it.
 */
public final class LocalRedis implements AutoCloseable {
  private static final String ADDRESS = "127.0.0.1";
  private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
  private static final int SHUTDOWN_MILLIS = 1_000;
  private static final byte[] SHUTDOWN = "SHUTDOWN NOSAVE\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final long POLL_MILLIS = 20;

  private final Path directory;
  private final int port;

  private LocalRedis(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  /** Starts on a free port and returns when Redis answers. */
  public static LocalRedis start() throws IOException {
    Path directory = Files.createTempDirectory("platform-redis-");
    LocalRedis redis = new LocalRedis(directory, LocalPorts.free());
    redis.launch(ExecutableProvider.newJarResourceProvider(directory.toFile()).get());
    return redis;
  }

  public int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(SHUTDOWN_MILLIS);
      socket.getOutputStream().write(SHUTDOWN);
      socket.getInputStream().read();
    } catch (IOException e) {
      // It answers by closing the connection, or it has gone already.
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private void launch(File executable) throws IOException {
    List<String> command =
        List.of(
            executable.getAbsolutePath(),
            "--port",
            String.valueOf(port),
            "--bind",
            ADDRESS,
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            directory.toString(),
            "--logfile",
            "redis.log",
            "--daemonize",
            "yes");
    Process launcher =
        new ProcessBuilder(command).redirectErrorStream(true).directory(directory.toFile()).start();
    try {
      launcher.waitFor(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
      while (!answers()) {
        if (System.nanoTime() > deadline) {
          throw new IOException("Redis does not answer on port " + port);
        }
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while Redis started", e);
    }
  }

  private boolean answers() {
    try {
      new RedisCheck(ADDRESS, port).run();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
