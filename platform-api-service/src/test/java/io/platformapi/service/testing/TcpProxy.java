package io.platformapi.service.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between the service and a real server, to cut the line and to mend it. */
public final class TcpProxy implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;

  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile int target;
  private ServerSocket server;
  private boolean frozen;

  /** Begins to carry. */
  public TcpProxy(int target) throws IOException {
    this.target = target;
    this.server = listen(0);
    this.port = server.getLocalPort();
    accept(server);
  }

  public int port() {
    return port;
  }

  /** How many connections reached the real server so far, over all cuts. */
  public int connections() {
    return connections.get();
  }

  /** Breaks every connection; new ones lead to another server. */
  public synchronized void redirect(int otherTarget) {
    target = otherTarget;
    breakConnections();
  }

  /** Breaks every connection and refuses new ones. */
  public synchronized void cut() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    breakConnections();
  }

  private void breakConnections() {
    try {
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Carries again, on the same port. */
  public synchronized void restore() {
    try {
      server = listen(port);
      accept(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Keeps every connection and takes new ones, but carries nothing. */
  public synchronized void freeze() {
    frozen = true;
  }

  /** Carries again, beginning with what has waited. */
  public synchronized void thaw() {
    frozen = false;
    notifyAll();
  }

  private synchronized void awaitThaw() {
    try {
      while (frozen) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thaw();
    cut();
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    // All addresses: what is named localhost may be asked for by IPv6 first.
    socket.bind(new InetSocketAddress(port));
    return socket;
  }

  private void accept(ServerSocket from) {
    run(
        () -> {
          while (true) {
            Socket client = from.accept();
            run(() -> carry(from, client));
          }
        });
  }

  private void carry(ServerSocket from, Socket client) throws IOException {
    try (client;
        Socket there = new Socket(InetAddress.getLoopbackAddress(), target)) {
      sockets.add(client);
      sockets.add(there);
      if (from.isClosed()) {
        return;
      }
      connections.incrementAndGet();
      run(() -> pipe(there, client));
      pipe(client, there);
    } finally {
      sockets.remove(client);
    }
  }

  private void pipe(Socket from, Socket to) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        awaitThaw();
        out.write(buffer, 0, count);
        out.flush();
      }
    } finally {
      sockets.remove(from);
    }
  }

  private static void run(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One side has closed, or the line was cut: nothing more to carry.
              }
            },
            "tcp-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }
}
