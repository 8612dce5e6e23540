package io.platformapi.service.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.local.RecordedTraffic;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * What was recorded from a real LiteLLM 1.102.4; see litellm/README.md among the test resources.
 */
public final class Recordings {
  private static final List<String> USAGE_EVENTS = RecordedTraffic.lines();

  private Recordings() {}

  /** The events, each as the JSON text that LiteLLM wrote. */
  public static List<String> usageEvents() {
    return USAGE_EVENTS;
  }

  /** What the events add up to. */
  public static JsonNode totals() {
    try (InputStream in = Recordings.class.getResourceAsStream("/litellm/totals.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A request body as LiteLLM posted it: {@code post-array.json}, {@code post-ndjson.ndjson} or
   * {@code post-single.json}.
   */
  public static byte[] body(String name) {
    try (InputStream in = Recordings.class.getResourceAsStream("/litellm/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
