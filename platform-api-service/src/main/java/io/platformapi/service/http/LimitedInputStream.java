package io.platformapi.service.http;

import io.platformapi.service.problem.PayloadTooLargeException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts what is read and fails beyond the limit, so chunked and inflated bodies are bounded. */
final class LimitedInputStream extends FilterInputStream {
  private final long maximum;
  private long count;

  LimitedInputStream(InputStream in, long maximum) {
    super(in);
    this.maximum = maximum;
  }

  @Override
  public int read() throws IOException {
    int value = in.read();
    if (value >= 0) {
      counted(1);
    }
    return value;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = in.read(target, offset, length);
    if (read > 0) {
      counted(read);
    }
    return read;
  }

  @Override
  public long skip(long length) throws IOException {
    long skipped = in.skip(length);
    counted(skipped);
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void counted(long bytes) throws PayloadTooLargeException {
    count += bytes;
    if (count > maximum) {
      throw new PayloadTooLargeException(maximum);
    }
  }
}
