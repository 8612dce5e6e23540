package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The recorded traffic among the test resources. */
final class Recordings {
  private Recordings() {}

  static List<byte[]> events() {
    return lines("usage-events.ndjson.gz");
  }

  /** The same events as docs/litellm/platform_logger.py writes them. */
  static List<byte[]> loggerLines() {
    return lines("platform-logger.ndjson.gz");
  }

  private static List<byte[]> lines(String name) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(open(name)), StandardCharsets.UTF_8))) {
      return lines.lines().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode totals() {
    try (InputStream file = open("totals.json")) {
      return new ObjectMapper().readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] body(String name) {
    try (InputStream file = open(name)) {
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String name) {
    return Recordings.class.getResourceAsStream("/litellm/" + name);
  }
}
