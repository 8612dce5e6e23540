package io.platformapi.routes.ingestion;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds where JSON values end, eight bytes at a time, and makes nothing of them. It takes all that
 * Python's JSON library writes, NaN and Infinity included; whatever else Jackson would take or
 * refuse (deeper nesting, broken text) it calls {@link #ODD}, for Jackson to judge.
 *
 * <p>Its methods take a position and return the one behind what they read, or {@link #CUT} or
 * {@link #ODD}. Not for use by several threads.
 */
final class JsonScan {
  /** The bytes end before the value does. */
  static final int CUT = -1;

  /** Not for this class to judge. */
  static final int ODD = -2;

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle FOUR_BYTES =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = 0x80 * ONES;
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;
  private static final long SPACES = ' ' * ONES;
  private static final long LINE_ENDS = '\n' * ONES;
  private static final int TRUE = fourOf("true");
  private static final int ALSE = fourOf("alse");
  private static final int NULL = fourOf("null");

  private static final byte[] NAN = {'N', 'a', 'N'};
  private static final byte[] INFINITY = {'I', 'n', 'f', 'i', 'n', 'i', 't', 'y'};

  /** Python's library goes no deeper. */
  static final int MAX_DEPTH = 1_000;

  private static final int USUAL_DEPTH = 32;

  // What ends the containers around a position.
  private byte[] closers = new byte[USUAL_DEPTH];
  private byte[] bytes;
  private int end;
  private boolean plain;

  /** Reads from now on what is before a position of the bytes. */
  void over(byte[] bytes, int end) {
    this.bytes = bytes;
    this.end = end;
  }

  /** The next byte that is no white space, or {@link #CUT}. */
  int space(int from) {
    byte[] b = bytes;
    int to = end;
    for (int at = from; at < to; at++) {
      byte c = b[at];
      if (c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        return at;
      }
    }
    return CUT;
  }

  /** Past the colon after a name, to the first byte of the value. */
  int colon(int from) {
    int at = space(from);
    if (at < 0) {
      return at;
    }
    return bytes[at] == ':' ? space(at + 1) : ODD;
  }

  /** A value from its first byte. */
  int value(int at) {
    return bytes[at] == '{' || bytes[at] == '[' ? container(at) : scalar(at);
  }

  /** A value that is no container, from its first byte. */
  int scalar(int at) {
    return switch (bytes[at]) {
      case '"' -> string(at + 1);
      case 't' -> literal(TRUE, at);
      case 'n' -> literal(NULL, at);
      case 'f' -> literal(ALSE, at + 1);
      case 'N' -> literal(NAN, at);
      case 'I' -> literal(INFINITY, at);
      default -> number(at);
    };
  }

  /** Whether the last string was ASCII without escapes: its text is its bytes. */
  boolean plain() {
    return plain;
  }

  /** A string from the byte after its quote. */
  int string(int from) {
    plain = true;
    byte[] b = bytes;
    int to = end;
    int at = from;
    while (true) {
      while (at <= to - Long.BYTES) {
        long eight = (long) EIGHT_BYTES.get(b, at);
        // The high bit of each byte that ends a run of plain characters. A borrow can only spoil
        // bytes after the first of them.
        long marks =
            ((eight ^ QUOTES) - ONES | (eight ^ BACKSLASHES) - ONES | eight - SPACES | eight)
                & HIGH_BITS;
        if (marks != 0) {
          at += Long.numberOfTrailingZeros(marks) >>> 3;
          break;
        }
        at += Long.BYTES;
      }
      if (at == to) {
        return CUT;
      }
      byte c = b[at];
      if (c == '"') {
        return at + 1;
      }
      if (c < ' ' || c == '\\') {
        at = special(at);
        if (at < 0) {
          return at;
        }
      } else {
        // Near the end of the bytes.
        at++;
      }
    }
  }

  /** The first line end, or {@link #CUT}. */
  static int lineEnd(byte[] bytes, int from, int to) {
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      long eight = (long) EIGHT_BYTES.get(bytes, at) ^ LINE_ENDS;
      long marks = (eight - ONES) & ~eight & HIGH_BITS;
      if (marks != 0) {
        return at + (Long.numberOfTrailingZeros(marks) >>> 3);
      }
    }
    for (; at < to; at++) {
      if (bytes[at] == '\n') {
        return at;
      }
    }
    return CUT;
  }

  private int container(int from) {
    byte[] b = bytes;
    int depth = 0;
    int at = from;
    while (true) {
      // At a value.
      boolean opened = b[at] == '{' || b[at] == '[';
      if (opened) {
        if (depth == MAX_DEPTH) {
          return ODD;
        }
        open(depth++, (byte) (b[at] == '{' ? '}' : ']'));
        at++;
      } else {
        at = scalar(at);
      }
      at = at < 0 ? at : space(at);
      if (at < 0) {
        return at;
      }
      if (!opened || b[at] == closers[depth - 1]) {
        while (b[at] == closers[depth - 1]) {
          at++;
          if (--depth == 0) {
            return at;
          }
          at = space(at);
          if (at < 0) {
            return at;
          }
        }
        at = b[at] == ',' ? space(at + 1) : ODD;
      }
      if (at >= 0 && closers[depth - 1] == '}') {
        at = b[at] == '"' ? string(at + 1) : ODD;
        at = at < 0 ? at : colon(at);
      }
      if (at < 0) {
        return at;
      }
    }
  }

  private void open(int depth, byte closer) {
    if (depth == closers.length) {
      closers = Arrays.copyOf(closers, 2 * depth);
    }
    closers[depth] = closer;
  }

  private int literal(int wanted, int at) {
    if (at > end - Integer.BYTES) {
      return CUT;
    }
    return (int) FOUR_BYTES.get(bytes, at) == wanted ? at + Integer.BYTES : ODD;
  }

  private int literal(byte[] wanted, int at) {
    if (at > end - wanted.length) {
      return CUT;
    }
    return Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)
        ? at + wanted.length
        : ODD;
  }

  private int number(int from) {
    int at = from;
    if (bytes[at] == '-') {
      at++;
      if (at < end && bytes[at] == 'I') {
        return literal(INFINITY, at);
      }
    }
    int first = at;
    at = digits(at);
    if (at > first + 1 && bytes[first] == '0') {
      return ODD;
    }
    if (at >= 0 && at < end && bytes[at] == '.') {
      at = digits(at + 1);
    }
    if (at >= 0 && at < end && (bytes[at] == 'e' || bytes[at] == 'E')) {
      at++;
      if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
        at++;
      }
      at = digits(at);
    }
    return at == end ? CUT : at;
  }

  private int digits(int from) {
    int at = from;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    return at > from ? at : at == end ? CUT : ODD;
  }

  /** What is no plain character of a string, and not its end. */
  private int special(int at) {
    plain = false;
    int c = bytes[at];
    if (c == '\\') {
      return escape(at + 1);
    }
    // As Jackson: it looks at the form of a sequence only.
    int following = (c & 0xE0) == 0xC0 ? 1 : (c & 0xF0) == 0xE0 ? 2 : (c & 0xF8) == 0xF0 ? 3 : 0;
    if (following == 0) {
      return ODD;
    }
    if (at + following >= end) {
      return CUT;
    }
    for (int i = 1; i <= following; i++) {
      if ((bytes[at + i] & 0xC0) != 0x80) {
        return ODD;
      }
    }
    return at + following + 1;
  }

  private int escape(int at) {
    if (at == end) {
      return CUT;
    }
    return switch (bytes[at]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 1;
      case 'u' -> hex(at + 1);
      default -> ODD;
    };
  }

  private int hex(int from) {
    if (from + 4 > end) {
      return CUT;
    }
    for (int at = from; at < from + 4; at++) {
      if (Character.digit(bytes[at], 16) < 0) {
        return ODD;
      }
    }
    return from + 4;
  }

  private static int fourOf(String text) {
    int four = 0;
    for (int i = Integer.BYTES - 1; i >= 0; i--) {
      four = four << Byte.SIZE | text.charAt(i);
    }
    return four;
  }
}
