package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.platformapi.routes.ingestion.BodyBytes.Digest;
import io.platformapi.routes.ingestion.BodyBytes.Slice;
import java.io.IOException;

/**
 * Reads a body in any of the shapes of LiteLLM's generic_api logger (json_array, ndjson, single),
 * one event at a time. In lines a broken one costs itself only; elsewhere nothing after it can be
 * trusted to be an event.
 */
final class BodyReader {
  private final JsonFactory json;
  private final UsageReader reader = new UsageReader();

  /** Takes what the body holds. */
  interface Sink {
    void event(UsageFields fields) throws IOException;

    void malformed(Digest piece);
  }

  BodyReader(JsonFactory json) {
    this.json = json;
  }

  /** Reads to the end; returns false when the body is empty. */
  boolean read(BodyBytes body, Sink sink) throws IOException {
    int first = body.peek();
    if (first < 0) {
      return false;
    }
    if (first == '[') {
      values(body, sink, false);
    } else {
      lines(body, sink);
    }
    return true;
  }

  private void lines(BodyBytes body, Sink sink) throws IOException {
    long start = body.position();
    Slice line = body.line();
    boolean first = true;
    while (line != null) {
      if (!blank(line)) {
        boolean cut = line(line, sink, first);
        if (cut) {
          // Perhaps one object over many lines. If that fails too, it was a broken line.
          body.rewind(start);
          if (values(body, sink, true)) {
            return;
          }
          body.rewind(start);
          sink.malformed(BodyBytes.digest(body.line()));
        }
        first = false;
      }
      line = body.line();
    }
  }

  /**
   * Reads the values of one line.
   *
   * @param mayContinue report an object cut short by the line's end instead of calling it malformed
   * @return whether the line ends within its first value
   */
  private boolean line(Slice line, Sink sink, boolean mayContinue) throws IOException {
    boolean firstValue = true;
    int valueFrom = 0;
    try (JsonParser parser = json.createParser(line.bytes(), line.from(), line.length())) {
      while (true) {
        try {
          JsonToken token = parser.nextToken();
          if (token == null) {
            return false;
          }
          UsageFields fields = value(parser, token);
          int valueTo = offset(parser);
          if (fields == null) {
            malformed(line, valueFrom, valueTo, sink);
          } else {
            sink.event(fields);
          }
          valueFrom = valueTo;
          firstValue = false;
        } catch (JacksonException e) {
          if (mayContinue && firstValue && e instanceof JsonEOFException) {
            return true;
          }
          malformed(line, valueFrom, line.length(), sink);
          return false;
        }
      }
    }
  }

  private static int offset(JsonParser parser) {
    return (int) Math.max(0, parser.currentLocation().getByteOffset());
  }

  private static void malformed(Slice line, int from, int to, Sink sink) {
    int start = Math.min(from, line.length());
    int end = Math.max(start, Math.min(to, line.length()));
    sink.malformed(BodyBytes.digest(new Slice(line.bytes(), line.from() + start, end - start)));
  }

  /**
   * Reads a stream of values, and of arrays their elements.
   *
   * @param probing give up without a word when the first value is broken
   * @return false only when given up
   */
  private boolean values(BodyBytes body, Sink sink, boolean probing) throws IOException {
    long origin = body.position();
    long piece = origin;
    boolean first = true;
    boolean inArray = false;
    try (JsonParser parser = json.createParser(body)) {
      parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
      while (true) {
        try {
          JsonToken token = parser.nextToken();
          if (token == null) {
            return true;
          }
          if (!inArray && token == JsonToken.START_ARRAY) {
            inArray = true;
          } else if (inArray && token == JsonToken.END_ARRAY) {
            inArray = false;
          } else {
            UsageFields fields = value(parser, token);
            if (fields != null) {
              sink.event(fields);
            } else {
              sink.malformed(body.digestOf(piece, origin + offset(parser)));
            }
            first = false;
          }
          piece = origin + offset(parser);
          body.keepFrom(piece);
        } catch (JacksonException e) {
          if (probing && first) {
            return false;
          }
          sink.malformed(body.digestFrom(piece));
          return true;
        }
      }
    }
  }

  /** Reads the parser's value to its end; null when it is no object. */
  private UsageFields value(JsonParser parser, JsonToken token) throws IOException {
    if (token == JsonToken.START_OBJECT) {
      return reader.readGateway(parser);
    }
    parser.skipChildren();
    return null;
  }

  private static boolean blank(Slice line) {
    for (int i = line.from(); i < line.from() + line.length(); i++) {
      if (line.bytes()[i] > ' ' || line.bytes()[i] < 0) {
        return false;
      }
    }
    return true;
  }
}
