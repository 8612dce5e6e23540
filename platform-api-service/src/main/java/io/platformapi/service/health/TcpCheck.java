package io.platformapi.service.health;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;

/** Connects to the first server of a list that can be reached, such as Kafka's bootstrap list. */
public final class TcpCheck implements Probe.Check {
  private static final int TIMEOUT_MILLIS = 1000;

  private final List<String> servers;

  /**
   * @param servers {@code host:port} each
   */
  public TcpCheck(List<String> servers) {
    this.servers = List.copyOf(servers);
  }

  @Override
  public void run() throws IOException {
    IOException last = new IOException("no server is named");
    for (String server : servers) {
      int colon = server.lastIndexOf(':');
      try (Socket socket = new Socket()) {
        int port = Integer.parseInt(server.substring(colon + 1).strip());
        String host = server.substring(0, colon).strip();
        socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
        return;
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }
}
