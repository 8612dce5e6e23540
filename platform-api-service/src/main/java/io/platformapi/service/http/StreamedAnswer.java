package io.platformapi.service.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * An answer that is written as it comes into being. What fails before the first byte has an error
 * of its own; what fails later breaks the connection, since Jersey would end the answer as if it
 * were whole.
 */
public final class StreamedAnswer {
  static final String CONNECTION = StreamedAnswer.class.getName();

  private StreamedAnswer() {}

  /** Whoever can break the connection of a request. */
  @FunctionalInterface
  interface Connection {
    void close();
  }

  public static StreamingOutput of(ContainerRequestContext request, StreamingOutput body) {
    return out -> {
      Begun begun = new Begun(out);
      try {
        body.write(begun);
      } catch (IOException | RuntimeException | Error e) {
        if (begun.written && request.getProperty(CONNECTION) instanceof Connection connection) {
          connection.close();
        }
        throw e;
      }
    };
  }

  /** Sends the first bytes at once: from then on the status is told. */
  private static final class Begun extends FilterOutputStream {
    private boolean written;

    Begun(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      begin();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      if (length > 0) {
        begin();
      }
    }

    private void begin() throws IOException {
      if (!written) {
        written = true;
        out.flush();
      }
    }
  }
}
