package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.CharTypes;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.BitSet;

/**
 * Jackson's parser of UTF-8 with another {@link #skipChildren()}: it checks the same grammar, but
 * makes no tokens and looks no names up. Nine tenths of an event are skipped (prompts, answers,
 * descriptions of models), so this is most of what reading one costs.
 */
final class FastSkipParser extends UTF8StreamJsonParser {
  // As in Jackson: 0 for a plain character, negative for one that a string may not hold, else the
  // length of a UTF-8 sequence, or the quote or backslash itself.
  private static final int[] STRING_CODES = CharTypes.getInputCodeUtf8();
  private static final int TWO_BYTES = 2;
  private static final int THREE_BYTES = 3;
  private static final int FOUR_BYTES = 4;

  /** What may come next inside a container. */
  private enum Expected {
    FIRST_OR_END,
    ANOTHER,
    COMMA_OR_END
  }

  FastSkipParser(
      IOContext context,
      int features,
      InputStream in,
      ByteQuadsCanonicalizer symbols,
      byte[] buffer,
      int start,
      int end,
      boolean recyclable) {
    super(context, features, in, null, symbols, buffer, start, end, 0, recyclable);
  }

  @Override
  public JsonParser skipChildren() throws IOException {
    if (_currToken == JsonToken.START_OBJECT) {
      skipContainer(true);
      _currToken = JsonToken.END_OBJECT;
    } else if (_currToken == JsonToken.START_ARRAY) {
      skipContainer(false);
      _currToken = JsonToken.END_ARRAY;
    } else {
      return this;
    }
    _parsingContext = _parsingContext.clearAndGetParent();
    return this;
  }

  private void skipContainer(boolean isObject) throws IOException {
    int outer = _parsingContext.getNestingDepth() - 1;
    // Bit n tells whether the container at depth n is an object.
    BitSet objects = new BitSet();
    int depth = 0;
    objects.set(0, isObject);
    boolean inObject = isObject;
    Expected expected = Expected.FIRST_OR_END;
    while (true) {
      int c = significant();
      if (expected != Expected.ANOTHER && (c == '}' || c == ']')) {
        if (inObject != (c == '}')) {
          _reportMismatchedEndMarker(c, inObject ? '}' : ']');
        }
        if (depth == 0) {
          return;
        }
        depth--;
        inObject = objects.get(depth);
        expected = Expected.COMMA_OR_END;
        continue;
      }
      if (expected == Expected.COMMA_OR_END) {
        if (c != ',') {
          _reportUnexpectedChar(c, "was expecting a comma or the end");
        }
        expected = Expected.ANOTHER;
        continue;
      }
      if (inObject) {
        name(c);
        c = significant();
      }
      if (c == '{' || c == '[') {
        depth++;
        streamReadConstraints().validateNestingDepth(outer + depth + 1);
        inObject = c == '{';
        objects.set(depth, inObject);
        expected = Expected.FIRST_OR_END;
      } else {
        scalar(c);
        expected = Expected.COMMA_OR_END;
      }
    }
  }

  private void name(int c) throws IOException {
    if (c != '"') {
      _reportUnexpectedChar(c, "was expecting a name in double quotes");
    }
    string();
    int colon = significant();
    if (colon != ':') {
      _reportUnexpectedChar(colon, "was expecting a colon");
    }
  }

  private void scalar(int c) throws IOException {
    switch (c) {
      case '"' -> string();
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      case 'N' -> literal("NaN");
      case 'I' -> literal("Infinity");
      case '-' -> negative();
      case '+' -> {
        require('I');
        infinity();
      }
      case '0' -> fraction(next());
      case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> fraction(digits(next()));
      default -> _reportUnexpectedChar(c, "was expecting a value");
    }
  }

  private void negative() throws IOException {
    int c = next();
    if (c == 'I') {
      infinity();
    } else if (c == '0') {
      fraction(next());
    } else {
      fraction(someDigits(c));
    }
  }

  /** What may follow the integer part; ends before the character after the number. */
  private void fraction(int following) throws IOException {
    int c = following;
    if (c == '.') {
      c = someDigits(next());
    }
    if (c == 'e' || c == 'E') {
      c = next();
      c = someDigits(c == '+' || c == '-' ? next() : c);
    }
    _inputPtr--;
    endOfScalar(c);
  }

  private int someDigits(int first) throws IOException {
    if (first < '0' || first > '9') {
      _reportUnexpectedChar(first, "was expecting a digit");
    }
    return digits(next());
  }

  private int digits(int first) throws IOException {
    int c = first;
    while (c >= '0' && c <= '9') {
      c = next();
    }
    return c;
  }

  /** After a sign and an I: Python writes Infinity, Jackson knows INF too. */
  private void infinity() throws IOException {
    require('n', 'N');
    boolean whole = _inputBuffer[_inputPtr - 1] == 'n';
    literal(whole ? "nfinity" : "NF");
  }

  /** The characters of a literal after its first one. */
  private void literal(String literal) throws IOException {
    for (int i = 1; i < literal.length(); i++) {
      require(literal.charAt(i));
    }
    int c = next();
    _inputPtr--;
    endOfScalar(c);
  }

  private void endOfScalar(int c) throws IOException {
    if (c != ',' && c != '}' && c != ']' && c > ' ') {
      _reportUnexpectedChar(c, "was expecting the end of the value");
    }
  }

  private void require(char wanted) throws IOException {
    require(wanted, wanted);
  }

  private void require(char wanted, char orElse) throws IOException {
    int c = next();
    if (c != wanted && c != orElse) {
      _reportUnexpectedChar(c, "was expecting a value");
    }
  }

  private void string() throws IOException {
    int[] codes = STRING_CODES;
    while (true) {
      byte[] buffer = _inputBuffer;
      int at = _inputPtr;
      int end = _inputEnd;
      int code = 0;
      int c = 0;
      while (at < end) {
        c = buffer[at++] & 0xFF;
        code = codes[c];
        if (code != 0) {
          break;
        }
      }
      _inputPtr = at;
      if (code == 0) {
        _loadMoreGuaranteed();
      } else if (c == '"') {
        return;
      } else {
        special(c, code);
      }
    }
  }

  private void special(int c, int code) throws IOException {
    if (c == '\\') {
      _decodeEscaped();
    } else if (code == TWO_BYTES || code == THREE_BYTES || code == FOUR_BYTES) {
      for (int i = 1; i < code; i++) {
        int following = next();
        if ((following & 0xC0) != 0x80) {
          _reportError("Invalid UTF-8 middle byte 0x" + Integer.toHexString(following));
        }
      }
    } else if (c < ' ') {
      _reportError("Illegal unquoted character in a string");
    } else {
      _reportError("Invalid UTF-8 start byte 0x" + Integer.toHexString(c));
    }
  }

  /** The next character that is no white space. */
  private int significant() throws IOException {
    while (true) {
      int c = next();
      if (c > ' ') {
        return c;
      }
      if (c == '\n') {
        _currInputRow++;
        _currInputRowStart = _inputPtr;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        _reportUnexpectedChar(c, "was expecting white space or a value");
      }
    }
  }

  private int next() throws IOException {
    if (_inputPtr >= _inputEnd) {
      _loadMoreGuaranteed();
    }
    return _inputBuffer[_inputPtr++] & 0xFF;
  }
}
