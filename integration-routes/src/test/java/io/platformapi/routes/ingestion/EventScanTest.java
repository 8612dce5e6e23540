package io.platformapi.routes.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the scan takes, Jackson reads alike; what it leaves, Jackson judges. */
class EventScanTest {
  private static final int CASES = 20_000;
  private static final int BODIES = 2_000;

  private final EventScan scan = new EventScan(UsageJson.factory());

  @Test
  void generatedEventsAreReadAsJacksonReadsThem() throws IOException {
    int brokenAndTaken = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      GeneratedJson json = new GeneratedJson(random);
      json.event();
      boolean broken = random.nextBoolean();
      byte[] event = json.append(",").bytes();
      if (broken) {
        event = json.broken();
      }

      int end = scan.read(event, 0, event.length, (char) 0);
      String text = new String(event, StandardCharsets.UTF_8);
      if (end >= 0) {
        assertThat(end + fields(scan.fields()))
            .as("seed %d: %s", seed, text)
            .isEqualTo(read(event));
        brokenAndTaken += broken ? 1 : 0;
      } else {
        assertThat(broken).as("whole, but not taken, seed %d: %s", seed, text).isTrue();
      }
    }
    assertThat(brokenAndTaken).isGreaterThan(CASES / 10);
  }

  @Test
  void theBeginningOfAnEventIsCutAndNotOdd() throws IOException {
    for (int seed = 0; seed < 50; seed++) {
      GeneratedJson json = new GeneratedJson(new Random(seed));
      json.event();
      byte[] event = json.bytes();
      for (int length = 0; length < event.length; length += 1 + length / 1_000) {
        assertThat(scan.read(event, 0, length, (char) 0))
            .as("seed %d, %d bytes", seed, length)
            .isEqualTo(JsonScan.CUT);
      }
      assertThat(scan.read(event, 0, event.length, (char) 0)).isEqualTo(event.length);
    }
  }

  @Test
  void recordedEventsAreTaken() throws IOException {
    for (byte[] event : Recordings.events()) {
      int end = scan.read(event, 0, event.length, (char) 0);
      assertThat(end + fields(scan.fields())).isEqualTo(read(event));
    }
  }

  @Test
  void aNameThatIsHalfASurrogatePairCostsNothing() throws IOException {
    byte[] event = "{\"\\ud83d\":{\"\\ud83d\":1},\"id\":\"i\"}".getBytes(StandardCharsets.UTF_8);

    assertThat(scan.read(event, 0, event.length, (char) 0)).isEqualTo(event.length);
    assertThat(scan.fields().text(UsageField.ID)).isEqualTo("i");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1]",
        "1",
        "{\"id\":01}",
        "{\"id\":-}",
        "{\"id\":1.}",
        "{\"id\":1e}",
        "{\"id\":+1}",
        "{\"id\":.5}",
        "{\"id\":truE}",
        "{\"id\":nullx}",
        "{\"id\":NaNN}",
        "{\"id\":1 2}",
        "{\"id\" 1}",
        "{\"id\":1,}",
        "{,}",
        "{id:1}",
        "{\"a\":[1,]}",
        "{\"a\":[}}",
        "{\"a\":{]}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":/**/1}",
        "\u00a0{}"
      })
  void brokenTextIsLeft(String text) throws IOException {
    byte[] bytes = (text + ",,,,,,,,").getBytes(StandardCharsets.UTF_8);

    assertThat(scan.read(bytes, 0, bytes.length, (char) 0)).isEqualTo(JsonScan.ODD);
  }

  @Test
  void depthIsBounded() throws IOException {
    for (int depth : new int[] {JsonScan.MAX_DEPTH, JsonScan.MAX_DEPTH + 1}) {
      String text = "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

      assertThat(scan.read(bytes, 0, bytes.length, (char) 0))
          .isEqualTo(depth == JsonScan.MAX_DEPTH ? bytes.length : JsonScan.ODD);
    }
  }

  @Test
  void bodiesInAnyPortionsAreReadAsJacksonReadsThem() throws IOException {
    for (int seed = 0; seed < BODIES; seed++) {
      Random random = new Random(seed);
      GeneratedJson json = new GeneratedJson(random).append("[");
      int events = random.nextInt(6);
      for (int i = 0; i < events; i++) {
        json.append(i == 0 ? "" : ",").space();
        if (random.nextInt(20) == 0) {
          json.append("[8,\"no event\"]");
        } else {
          json.event();
        }
        json.space();
      }
      json.append(random.nextInt(10) == 0 ? "]\n{\"id\":1}" : "]");
      byte[] body = random.nextInt(3) == 0 ? json.broken() : json.bytes();
      if (body.length == 0 || body[0] != '[') {
        continue;
      }

      List<String> seen = new ArrayList<>();
      InputStream portions = new Portions(body, random);
      new BodyReader(UsageJson.factory())
          .read(new BodyBytes(portions, BodyIngest.MAX_BODY_BYTES), into(seen));
      assertThat(seen)
          .as("seed %d: %s", seed, new String(body, StandardCharsets.UTF_8))
          .isEqualTo(readBody(body));
    }
  }

  private static BodyReader.Sink into(List<String> seen) {
    return new BodyReader.Sink() {
      @Override
      public void event(UsageFields fields) {
        seen.add(fields(fields));
      }

      @Override
      public void malformed(BodyBytes.Digest piece) {
        seen.add(piece.toString());
      }
    };
  }

  /** Where an event ends and its fields, through Jackson alone. */
  private static String read(byte[] event) throws IOException {
    try (JsonParser parser = GeneratedJson.PLAIN.createParser(event)) {
      parser.nextToken();
      UsageFields fields = new UsageReader().readGateway(parser);
      return parser.currentLocation().getByteOffset() + fields(fields);
    }
  }

  /** The events of a body and the pieces that are none, through Jackson alone. */
  private static List<String> readBody(byte[] body) {
    List<String> seen = new ArrayList<>();
    UsageReader reader = new UsageReader();
    int piece = 0;
    try (JsonParser parser = GeneratedJson.PLAIN.createParser(new ByteArrayInputStream(body))) {
      int level = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          seen.add(fields(reader.readGateway(parser)));
        } else if (token == JsonToken.START_ARRAY && level == 0) {
          level++;
        } else if (token == JsonToken.END_ARRAY) {
          level--;
        } else {
          parser.skipChildren();
          int end = (int) parser.currentLocation().getByteOffset();
          seen.add(BodyBytes.digest(new BodyBytes.Slice(body, piece, end - piece)).toString());
        }
        piece = (int) parser.currentLocation().getByteOffset();
      }
    } catch (IOException e) {
      seen.add(BodyBytes.digest(new BodyBytes.Slice(body, piece, body.length - piece)).toString());
    }
    return seen;
  }

  private static String fields(UsageFields fields) {
    return Arrays.stream(UsageField.values())
        .map(field -> field + "=" + fields.kind(field) + ":" + fields.text(field))
        .toList()
        .toString();
  }

  /** Hands out a few bytes or many at a time. */
  private static final class Portions extends InputStream {
    private final ByteArrayInputStream bytes;
    private final Random random;

    Portions(byte[] bytes, Random random) {
      this.bytes = new ByteArrayInputStream(bytes);
      this.random = random;
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      int most = random.nextInt(4) == 0 ? 8_192 : 1 + random.nextInt(40);
      return bytes.read(target, offset, Math.min(length, most));
    }
  }
}
