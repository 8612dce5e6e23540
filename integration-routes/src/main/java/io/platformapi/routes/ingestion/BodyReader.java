package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.platformapi.routes.ingestion.BodyBytes.Digest;
import io.platformapi.routes.ingestion.BodyBytes.Slice;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

/**
 * Reads a body in any of the shapes of LiteLLM's generic_api logger (json_array, ndjson, single),
 * one event at a time. In lines a broken one costs itself only; elsewhere nothing after it can be
 * trusted to be an event.
 */
final class BodyReader {
  // What a parser reads first, to go on where the scan stopped.
  private static final byte[] IN_ARRAY = {'[', '{', '}'};
  private static final int IN_ARRAY_TOKENS = 3;

  private final JsonFactory json;
  private final EventScan scan;
  private final UsageReader reader = new UsageReader();

  /** Takes what the body holds. */
  interface Sink {
    void event(UsageFields fields) throws IOException;

    void malformed(Digest piece);
  }

  BodyReader(JsonFactory json) {
    this.json = json;
    this.scan = new EventScan(json);
  }

  /** Reads to the end; returns false when the body is empty. */
  boolean read(BodyBytes body, Sink sink) throws IOException {
    int first = body.peek();
    if (first < 0) {
      return false;
    }
    if (first == '[') {
      array(body, sink);
    } else {
      lines(body, sink);
    }
    return true;
  }

  /** The scan reads as many elements as it can, the parser the rest: at least the bracket. */
  private void array(BodyBytes body, Sink sink) throws IOException {
    long start = body.position();
    boolean more = true;
    while (elements(body, sink, start) && more) {
      try {
        more = body.receive();
      } catch (IOException | RuntimeException e) {
        // What was whole before the connection broke or the body became too large counts.
        elements(body, sink, start);
        throw e;
      }
    }
    values(body, sink, body.position() > start, false);
  }

  /**
   * Reads the elements that have been received.
   *
   * @param start where the array begins
   * @return whether the scan could go on if more had been received
   */
  private boolean elements(BodyBytes body, Sink sink, long start) throws IOException {
    while (true) {
      Slice rest = body.received();
      char before = body.position() == start ? '[' : ',';
      int at = scan.read(rest.bytes(), rest.from(), rest.from() + rest.length(), before);
      if (at < 0) {
        return at == JsonScan.CUT;
      }
      body.skip(at - rest.from());
      sink.event(scan.fields());
    }
  }

  private void lines(BodyBytes body, Sink sink) throws IOException {
    long start = body.position();
    Slice line = body.line();
    boolean first = true;
    while (line != null) {
      if (event(line)) {
        sink.event(scan.fields());
        first = false;
      } else if (!blank(line, line.from())) {
        boolean cut = line(line, sink, first);
        if (cut) {
          // Perhaps one object over many lines. If that fails too, it was a broken line.
          body.rewind(start);
          if (values(body, sink, false, true)) {
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

  /** Whether the scan takes the line for one event. */
  private boolean event(Slice line) throws IOException {
    int at = scan.read(line.bytes(), line.from(), line.from() + line.length(), (char) 0);
    return at >= 0 && blank(line, at);
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
   * @param behindElement begin in an array, behind one of its elements
   * @param probing give up without a word when the first value is broken
   * @return false only when given up
   */
  private boolean values(BodyBytes body, Sink sink, boolean behindElement, boolean probing)
      throws IOException {
    long piece = body.position();
    long origin = piece;
    InputStream source = body;
    if (behindElement) {
      origin -= IN_ARRAY.length;
      source = new SequenceInputStream(new ByteArrayInputStream(IN_ARRAY), body);
    }
    boolean first = true;
    boolean inArray = behindElement;
    try (JsonParser parser = json.createParser(source)) {
      parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
      for (int i = 0; behindElement && i < IN_ARRAY_TOKENS; i++) {
        parser.nextToken();
      }
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

  private static boolean blank(Slice line, int from) {
    for (int i = from; i < line.from() + line.length(); i++) {
      if (line.bytes()[i] > ' ' || line.bytes()[i] < 0) {
        return false;
      }
    }
    return true;
  }
}
