package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Random JSON as Python may write it, with some white space; the same for the same seed. */
final class GeneratedJson {
  /** The dialect of {@link UsageJson} without anything of ours: what the texts are compared by. */
  static final JsonFactory PLAIN =
      new JsonFactoryBuilder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(UsageJson.MAX_DEPTH)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private static final String[] EVENT_NAMES = {
    "litellm_call_id",
    "id",
    "status",
    "startTime",
    "model",
    "prompt_tokens",
    "response_cost",
    "stream",
    "metadata",
    "metadata",
    "messages",
    "user_api_key_team_id",
    "tenant_id",
    "",
    "\\u0069d"
  };
  private static final String[] METADATA_NAMES = {
    "user_api_key_team_id", "user_api_key_org_id", "user_api_key_hash", "id", "tenant_id",
    "user_api_key_auth_metadata", "user_api_key_auth_metadata", "metadata", "requester_metadata",
        "",
    "user\\u005fapi_key_team_id"
  };
  private static final String[] AUTH_METADATA_NAMES = {
    "tenant_id", "tenant_id", "tenant\\u005fid", "", "metadata", "é"
  };

  private static final String[] NAME_CHARACTERS = {
    "a", "Z", " ", "{", "]", ",", ":", "é", "€", "😀", "\\n", "\\\"", "\\u00e9"
  };
  // Half a surrogate pair is no name to Jackson.
  private static final String[] CHARACTERS =
      Stream.concat(Arrays.stream(NAME_CHARACTERS), Stream.of("\\ud83d")).toArray(String[]::new);

  private final Random random;
  private final StringBuilder text = new StringBuilder();

  GeneratedJson(Random random) {
    this.random = random;
  }

  byte[] bytes() {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The text cut short, or with another byte somewhere; seldom still whole. */
  byte[] broken() {
    byte[] broken = bytes();
    if (random.nextInt(4) == 0) {
      return Arrays.copyOf(broken, random.nextInt(broken.length));
    }
    byte[] others = "\"\\{}[],:0123456789.eE+-tfnNI \nx\u0001".getBytes(StandardCharsets.UTF_8);
    broken[random.nextInt(broken.length)] =
        random.nextInt(8) == 0 ? (byte) random.nextInt(256) : others[random.nextInt(others.length)];
    return broken;
  }

  GeneratedJson append(String more) {
    text.append(more);
    return this;
  }

  /** An object like a StandardLoggingPayload: its names, repeated and in the wrong places too. */
  void event() {
    object(EVENT_NAMES, 3);
  }

  void container(int depth) {
    boolean object = random.nextBoolean();
    int members = random.nextInt(5);
    text.append(object ? '{' : '[');
    for (int i = 0; i < members; i++) {
      text.append(i == 0 ? "" : ",");
      space();
      if (object) {
        string(NAME_CHARACTERS);
        colon();
      }
      value(depth);
      space();
    }
    text.append(object ? '}' : ']');
  }

  void space() {
    text.append(pick("", "", "", " ", "\n", "\t\r "));
  }

  /** Names that Jackson's table of names has in one place, whatever its seed is. */
  static List<String> namesOfOneHash(int count) {
    List<String> names = List.of("twelve_bytes");
    // The fourth and further words of a name are added up.
    while (names.size() < count) {
      names =
          names.stream().flatMap(name -> Stream.of(name + "aaaabbbb", name + "bbbbaaaa")).toList();
    }
    return names.subList(0, count);
  }

  private void object(String[] names, int depth) {
    int members = random.nextInt(7);
    text.append('{');
    for (int i = 0; i < members; i++) {
      text.append(i == 0 ? "" : ",");
      space();
      String name = pick(names);
      text.append('"').append(name).append('"');
      colon();
      if (depth == 0 || random.nextInt(6) == 0) {
        value(2);
      } else if (name.equals("metadata")) {
        object(METADATA_NAMES, depth - 1);
      } else if (name.equals("user_api_key_auth_metadata") || name.isEmpty()) {
        object(AUTH_METADATA_NAMES, depth - 1);
      } else {
        value(0);
      }
      space();
    }
    text.append('}');
  }

  private void colon() {
    space();
    text.append(':');
    space();
  }

  private void value(int depth) {
    switch (random.nextInt(depth > 0 ? 6 : 4)) {
      case 0 -> string(CHARACTERS);
      case 1 -> text.append(pick("true", "false", "null", "NaN", "Infinity", "-Infinity"));
      case 2 -> text.append(random.nextBoolean() ? random.nextLong() : random.nextInt(3) - 1);
      case 3 -> text.append(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
      default -> container(depth - 1);
    }
  }

  private void string(String[] characters) {
    text.append('"');
    int length = random.nextInt(200) == 0 ? 9_000 : random.nextInt(30);
    for (int i = 0; i < length; i++) {
      text.append(pick(characters));
    }
    text.append('"');
  }

  private String pick(String... texts) {
    return texts[random.nextInt(texts.length)];
  }
}
