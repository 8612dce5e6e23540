package io.platformapi.service.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds ports to listen on. */
public final class LocalPorts {
  private LocalPorts() {}

  /** The wanted port when nobody listens there, else any free one. */
  static int orFree(int wanted) throws IOException {
    return isFree(wanted) ? wanted : free();
  }

  /** A port where nobody listens, so far. */
  public static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
