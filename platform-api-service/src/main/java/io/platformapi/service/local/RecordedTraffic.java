package io.platformapi.service.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.GZIPInputStream;

/** What a real LiteLLM posted, ready to be posted again as new calls of now. */
public final class RecordedTraffic {
  private static final String RESOURCE = "/local/recorded-usage.ndjson.gz";

  private final ObjectMapper json;
  private final List<String> lines;

  RecordedTraffic(ObjectMapper json) {
    this.json = json;
    this.lines = lines();
  }

  int size() {
    return lines.size();
  }

  /**
   * A body as LiteLLM's generic_api logger posts it: a JSON array of the recorded events {@code
   * from} (inclusive) to {@code to} (exclusive), each as a new call that ended at {@code now}.
   */
  byte[] body(int from, int to, Instant now) {
    try {
      List<ObjectNode> events = new ArrayList<>(to - from);
      for (String line : lines.subList(from, to)) {
        events.add(asNewCall((ObjectNode) json.readTree(line), now));
      }
      return json.writeValueAsBytes(events);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode asNewCall(ObjectNode event, Instant now) {
    BigDecimal duration =
        event.get("endTime").decimalValue().subtract(event.get("startTime").decimalValue());
    BigDecimal end = BigDecimal.valueOf(now.toEpochMilli()).movePointLeft(3);
    event.put("litellm_call_id", UUID.randomUUID().toString());
    event.put("startTime", end.subtract(duration).setScale(6, RoundingMode.HALF_EVEN));
    event.put("endTime", end);
    event.put("completionStartTime", end);
    return event;
  }

  /** The recorded events, each as the JSON text that LiteLLM wrote. */
  public static List<String> lines() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(RecordedTraffic.class.getResourceAsStream(RESOURCE)),
                StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
