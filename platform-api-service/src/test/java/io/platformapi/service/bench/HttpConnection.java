package io.platformapi.service.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A kept-alive connection of a client that does as little as it can. */
final class HttpConnection implements AutoCloseable {
  private static final String CONTENT_LENGTH = "content-length:";
  private static final String LOCATION = "location:";
  private static final int BUFFER = 1 << 16;

  private final Socket socket;
  private final OutputStream out;
  private final InputStream in;

  HttpConnection(URI server) throws IOException {
    this.socket = new Socket(server.getHost(), server.getPort());
    socket.setTcpNoDelay(true);
    this.out = socket.getOutputStream();
    this.in = new BufferedInputStream(socket.getInputStream(), BUFFER);
  }

  /**
   * Sends a request and reads the whole answer.
   *
   * @return the answer's Location, or null
   * @throws IOException when its status is another
   */
  String send(byte[] request, int expectedStatus) throws IOException {
    out.write(request);
    out.flush();
    String status = line();
    int length = -1;
    boolean chunked = false;
    String location = null;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith(CONTENT_LENGTH)) {
        length = Integer.parseInt(lower.substring(CONTENT_LENGTH.length()).trim());
      } else if (lower.startsWith(LOCATION)) {
        location = header.substring(LOCATION.length()).trim();
      } else if (lower.startsWith("transfer-encoding:") && lower.endsWith("chunked")) {
        chunked = true;
      }
    }
    byte[] body = chunked ? readChunks() : in.readNBytes(Math.max(0, length));
    if (Integer.parseInt(status.split(" ")[1]) != expectedStatus) {
      throw new IOException(status + " " + new String(body, StandardCharsets.UTF_8));
    }
    return location;
  }

  private byte[] readChunks() throws IOException {
    byte[] first = new byte[0];
    while (true) {
      int size = Integer.parseInt(line().trim(), 16);
      byte[] chunk = in.readNBytes(size);
      line();
      if (size == 0) {
        return first;
      }
      first = first.length == 0 ? chunk : first;
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
