package io.platformapi.routes.gateway;

import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.port.UpstreamCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** Kong with everything behind it, played by WireMock, and a real gateway of ours to it. */
public final class KongServer implements AutoCloseable {
  /** What the gateway presents to every upstream. */
  public static final String SECRET = "s3cret-of-ours";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final WireMockServer server =
      new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level level = root.getLevel();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  public KongServer() {
    server.start();
  }

  public WireMockServer wireMock() {
    return server;
  }

  public SimpleMeterRegistry meters() {
    return meters;
  }

  public Gateway gateway() {
    return gateway(upstream -> Map.of("Authorization", "Bearer " + SECRET));
  }

  /** One that presents something else to each upstream. */
  public Gateway gateway(UpstreamCredentials credentials) {
    return new KongGateway(new GatewayConfig(URI.create(server.baseUrl())), credentials, meters);
  }

  /** What was asked, in its order. */
  public List<LoggedRequest> asked() {
    return server.getAllServeEvents().stream()
        .sorted(Comparator.comparing(event -> event.getRequest().getLoggedDate().toInstant()))
        .map(event -> event.getRequest())
        .toList();
  }

  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  public static JsonNode resource(String path) {
    try (InputStream in = KongServer.class.getResourceAsStream(path)) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new IllegalArgumentException(path, e);
    }
  }

  /** From here on everything that our code logs is kept, down to the last detail. */
  public void recordLog() {
    log.start();
    root.addAppender(log);
    root.setLevel(Level.INFO);
    ((Logger) LoggerFactory.getLogger("io.platformapi")).setLevel(Level.TRACE);
    ((Logger) LoggerFactory.getLogger("jdk.httpclient")).setLevel(Level.TRACE);
  }

  public List<String> logged() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Override
  public void close() {
    root.detachAppender(log);
    root.setLevel(level);
    ((Logger) LoggerFactory.getLogger("io.platformapi")).setLevel(null);
    ((Logger) LoggerFactory.getLogger("jdk.httpclient")).setLevel(null);
    server.stop();
  }
}
