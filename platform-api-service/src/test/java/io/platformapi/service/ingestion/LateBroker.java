package io.platformapi.service.ingestion;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Makes a running broker appear at an address of its own, as late as a test wants. */
final class LateBroker implements AutoCloseable {
  private final ServerSocket server;
  private final String host;
  private final int port;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  LateBroker(int listen, String broker) throws IOException {
    this.host = broker.substring(0, broker.indexOf(':'));
    this.port = Integer.parseInt(broker.substring(broker.indexOf(':') + 1));
    this.server = new ServerSocket(listen, 50, InetAddress.getLoopbackAddress());
    run(this::accept);
  }

  int connections() {
    return sockets.size();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = server.accept();
      Socket broker = new Socket(host, port);
      sockets.add(client);
      sockets.add(broker);
      run(() -> pipe(client.getInputStream(), broker.getOutputStream()));
      run(() -> pipe(broker.getInputStream(), client.getOutputStream()));
    }
  }

  private static void pipe(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      to.write(buffer, 0, count);
      to.flush();
    }
  }

  private static void run(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // Closed by either side: nothing more to carry.
              }
            },
            "late-broker");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }
}
