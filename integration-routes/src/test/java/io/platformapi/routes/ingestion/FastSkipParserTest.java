package io.platformapi.routes.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Skipping fast is skipping as Jackson does: the same is refused, and reading goes on there. */
class FastSkipParserTest {
  private static final int CASES = 20_000;
  // What Java decodes bytes to that are no UTF-8.
  private static final char REPLACEMENT = '\uFFFD';
  private static final JsonFactory PLAIN = GeneratedJson.PLAIN;
  private static final JsonFactory FAST = UsageJson.factory();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "[[],{}]",
        "{\"a\":[1,-2.5e+3,0,0.1,1E5,true,false,null]}",
        "[NaN,Infinity,-Infinity,+Infinity,-INF,+INF]",
        "[INF]",
        "[+NaN]",
        "{ \"a\" :\n\t[ 1 , 2 ] \r\n}",
        "[\"\\u00e9\\ud83d \\n\\\" }]\"]",
        "[\"é€😀\"]",
        "{\"a\":1,\"a\":2}",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\" 1}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "{\"a\":1]",
        "[1}",
        "[01]",
        "[-]",
        "[1.]",
        "[.5]",
        "[1e]",
        "[1e+]",
        "[+1]",
        "[tru]",
        "[truex]",
        "[nul",
        "[Inf]",
        "[NaNo]",
        "[1x]",
        "[\"\\x\"]",
        "[\"\\u12g4\"]",
        "[\"a\nb\"]",
        "[\"open",
        "[\"\\",
        "{\"a\":{\"b\":[",
        "['a']",
        "[//\n1]",
        "[\u0001]"
      })
  void thisIsReadAlike(String skipped) throws IOException {
    same(around(skipped.getBytes(StandardCharsets.UTF_8)), new Random(1));
  }

  @Test
  void whatIsNotUtf8IsRefusedAlike() throws IOException {
    for (byte[] bytes :
        List.of(
            new byte[] {(byte) 0xC3, 'a'},
            new byte[] {(byte) 0xE2, (byte) 0x82, 'a'},
            new byte[] {(byte) 0xF0, (byte) 0x9F, (byte) 0x98, 'a'},
            new byte[] {(byte) 0xFF},
            new byte[] {(byte) 0x80},
            new byte[] {(byte) 0xC0, (byte) 0x80})) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      text.writeBytes("[\"".getBytes(StandardCharsets.UTF_8));
      text.writeBytes(bytes);
      text.writeBytes("\"]".getBytes(StandardCharsets.UTF_8));
      same(around(text.toByteArray()), new Random(1));
    }
  }

  @Test
  void generatedTextsWholeOrBrokenAreReadAlike() throws IOException {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      GeneratedJson json = new GeneratedJson(random);
      json.container(1 + random.nextInt(5));
      byte[] bytes = random.nextBoolean() ? json.broken() : json.bytes();
      String shown = new String(bytes, StandardCharsets.UTF_8);
      List<String> fast = read(FAST, around(bytes), random);
      List<String> plain = read(PLAIN, around(bytes), random);
      if (shown.indexOf(REPLACEMENT) >= 0) {
        // Jackson looks for the end of a name before it looks at its characters.
        plain.replaceAll(end -> end.equals("cut") ? "broken" : end);
        fast.replaceAll(end -> end.equals("cut") ? "broken" : end);
      }
      assertThat(fast).as("seed %d: %s", seed, shown).isEqualTo(plain);
    }
  }

  @Test
  void depthIsBoundedAlike() throws IOException {
    // The array around it and the object in that are two of the levels.
    for (int depth : new int[] {UsageJson.MAX_DEPTH - 2, UsageJson.MAX_DEPTH - 1}) {
      String text = "[".repeat(depth) + "]".repeat(depth);
      same(around(text.getBytes(StandardCharsets.UTF_8)), new Random(1));
    }
  }

  private static void same(byte[] text, Random random) throws IOException {
    assertThat(read(FAST, text, random)).isEqualTo(read(PLAIN, text, random));
  }

  private static byte[] around(byte[] skipped) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes("[{\"skipped\":".getBytes(StandardCharsets.UTF_8));
    text.writeBytes(skipped);
    text.writeBytes(",\"after\":[7]},8]".getBytes(StandardCharsets.UTF_8));
    return text.toByteArray();
  }

  /** What a reader sees that skips the first field: tokens, where they end, and how it ends. */
  private static List<String> read(JsonFactory factory, byte[] text, Random random)
      throws IOException {
    List<String> seen = new ArrayList<>();
    try (JsonParser parser =
        random.nextBoolean()
            ? factory.createParser(new Trickle(text, random.nextInt(20) + 1))
            : factory.createParser(text)) {
      JsonToken token = parser.nextToken();
      while (token != null) {
        if ("skipped".equals(parser.currentName()) && token.isStructStart()) {
          parser.skipChildren();
        }
        seen.add(
            parser.currentToken()
                + " "
                + parser.currentName()
                + " "
                + parser.currentLocation().getByteOffset());
        token = parser.nextToken();
      }
    } catch (JsonEOFException e) {
      seen.add("cut");
    } catch (StreamConstraintsException e) {
      seen.add("too much");
    } catch (IOException e) {
      seen.add("broken");
    }
    return seen;
  }

  /** Hands out a few bytes at a time. */
  private static final class Trickle extends InputStream {
    private final InputStream bytes;
    private final int most;

    Trickle(byte[] text, int most) {
      this.bytes = new ByteArrayInputStream(text);
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      return bytes.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return bytes.read(target, offset, Math.min(length, most));
    }
  }
}
