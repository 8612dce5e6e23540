package io.platformapi.service.health;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends Redis a PING over a connection of its own. */
public final class RedisCheck implements Probe.Check {
  private static final int TIMEOUT_MILLIS = 1000;
  private static final byte[] PING = "PING\r\n".getBytes(StandardCharsets.US_ASCII);
  // A server that wants a password answers -NOAUTH: it is up, and using it is another matter.
  private static final String UP = "+";
  private static final String UP_WITH_PASSWORD = "-NOAUTH";

  private final String host;
  private final int port;

  public RedisCheck(String host, int port) {
    this.host = host;
    this.port = port;
  }

  @Override
  public void run() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(PING);
      byte[] start = socket.getInputStream().readNBytes(UP_WITH_PASSWORD.length());
      String answer = new String(start, StandardCharsets.US_ASCII);
      if (!answer.startsWith(UP) && !answer.startsWith(UP_WITH_PASSWORD)) {
        throw new IOException("not an answer of Redis");
      }
    }
  }
}
