package io.platformapi.routes.ingestion;

import io.platformapi.routes.support.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A body as it streams in: bounded, and holding on to the bytes of the piece that is being read, so
 * that the piece can be read in another way or, when it is broken, be digested.
 */
final class BodyBytes extends InputStream {
  private static final int FIRST_BUFFER = 64 * 1024;

  private final InputStream source;
  private final long limit;
  private byte[] buffer = new byte[FIRST_BUFFER];
  // Absolute position of buffer[0].
  private long base;
  private int kept;
  private int next;
  private int end;

  BodyBytes(InputStream source, long limit) {
    this.source = source;
    this.limit = limit;
  }

  /** A line or a piece of the body; valid until the next is read. */
  record Slice(byte[] bytes, int from, int length) {}

  /** The SHA-256 and length of a piece that could not be read. */
  record Digest(String sha256, long length) {}

  /** Passes over white space (and a byte order mark); the byte after it, or -1 at the end. */
  int peek() throws IOException {
    while (next < end || fill()) {
      byte b = buffer[next];
      boolean orderMark =
          base == 0 && next < 3 && (b == (byte) 0xEF || b == (byte) 0xBB || b == (byte) 0xBF);
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t' && !orderMark) {
        return b;
      }
      next++;
    }
    return -1;
  }

  /** Position of the next byte. */
  long position() {
    return base + next;
  }

  /** Lets go of all bytes before a position. */
  void keepFrom(long position) {
    kept = (int) (position - base);
  }

  /** Reads again from a position that is still kept. */
  void rewind(long position) {
    next = (int) (position - base);
  }

  /** The next line without its end, or null at the end of the body; keeps no earlier bytes. */
  Slice line() throws IOException {
    kept = next;
    int scan = next;
    while (true) {
      int lineEnd = JsonScan.lineEnd(buffer, scan, end);
      if (lineEnd >= 0) {
        Slice line = new Slice(buffer, next, lineEnd - next);
        next = lineEnd + 1;
        return line;
      }
      scan = end;
      int shift = kept;
      if (!fill()) {
        break;
      }
      // fill() moves what is kept to the front of the buffer.
      scan -= shift - kept;
    }
    if (next == end) {
      return null;
    }
    Slice rest = new Slice(buffer, next, end - next);
    next = end;
    return rest;
  }

  /** What has been received and not read yet; keeps no earlier bytes. */
  Slice received() {
    kept = next;
    return new Slice(buffer, next, end - next);
  }

  /** Passes over bytes that have been received. */
  void skip(int count) {
    next += count;
  }

  /**
   * Receives until the buffer is full. It doubles when it is full of one piece, so that whoever
   * reads a piece from its beginning after each call reads its bytes a few times at most.
   *
   * @return false at the end of the body
   */
  boolean receive() throws IOException {
    if (!fill()) {
      return false;
    }
    while (end < buffer.length) {
      if (!fill()) {
        break;
      }
    }
    return true;
  }

  /** Digests what lies between a kept position and the end of the body, which it reads up. */
  Digest digestFrom(long position) throws IOException {
    MessageDigest digest = Sha256.digest();
    int from = (int) (position - base);
    long length = 0;
    while (true) {
      digest.update(buffer, from, end - from);
      length += end - from;
      next = end;
      kept = end;
      if (!fill()) {
        return new Digest(HexFormat.of().formatHex(digest.digest()), length);
      }
      from = next;
    }
  }

  /** Digests what lies between two positions that are still kept. */
  Digest digestOf(long from, long to) {
    return digest(new Slice(buffer, (int) (from - base), (int) (to - from)));
  }

  static Digest digest(Slice piece) {
    MessageDigest digest = Sha256.digest();
    digest.update(piece.bytes, piece.from, piece.length);
    return new Digest(HexFormat.of().formatHex(digest.digest()), piece.length);
  }

  @Override
  public int read() throws IOException {
    return next < end || fill() ? buffer[next++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (next == end && !fill()) {
      return -1;
    }
    int count = Math.min(length, end - next);
    System.arraycopy(buffer, next, target, offset, count);
    next += count;
    return count;
  }

  /** Reads more; false at the end. All bytes up to here have been handed out or scanned. */
  private boolean fill() throws IOException {
    if (end == buffer.length) {
      if (kept > 0) {
        System.arraycopy(buffer, kept, buffer, 0, end - kept);
        base += kept;
        next -= kept;
        end -= kept;
        kept = 0;
      } else {
        buffer = Arrays.copyOf(buffer, 2 * buffer.length);
      }
    }
    int count = source.read(buffer, end, buffer.length - end);
    if (count < 0) {
      return false;
    }
    end += count;
    if (base + end > limit) {
      throw new BodyTooLargeException("a body may have " + limit + " bytes");
    }
    return true;
  }
}
