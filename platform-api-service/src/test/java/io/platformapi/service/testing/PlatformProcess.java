package io.platformapi.service.testing;

import io.platformapi.service.local.LocalPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** The service as a real process of its own, which can be killed and started again. */
public final class PlatformProcess implements AutoCloseable {
  private static final Path CONFIG = Path.of("../config.yml");

  private final PlatformSettings settings;
  private final int port;
  private final Path log;
  private Process process;

  public PlatformProcess(PlatformSettings settings) throws IOException {
    this.port = LocalPorts.free();
    this.settings = settings.with("PLATFORM_PORT", String.valueOf(port));
    this.log = Files.createTempFile("platform-process-", ".log");
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Starts the process and returns when it answers; fails with its log when it ends before. */
  public void start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Duser.timezone=UTC",
                "-cp",
                System.getProperty("java.class.path"),
                "io.platformapi.service.PlatformApplication",
                "server",
                CONFIG.toString()));
    builder.environment().putAll(settings.variables());
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    process = builder.start();
    Awaitility.await("the process answers")
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(100))
        .until(this::answersOrFails);
  }

  /** SIGKILL; returns when the process is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM; returns the exit code when the process is gone. */
  public int terminate() throws InterruptedException {
    process.destroy();
    return process.waitFor();
  }

  /** What the process has printed so far, over all its starts. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "no log: " + e;
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (process != null) {
      kill();
    }
    Files.deleteIfExists(log);
  }

  private boolean answersOrFails() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "the process ended with " + process.exitValue() + "\n" + log());
    }
    try {
      HttpRequest request = HttpRequest.newBuilder(url().resolve("/health/live")).build();
      HttpResponse<Void> answer =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
      return answer.statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
