package io.platformapi.service.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.DoubleStream;

/**
 * Sends one request over and over on a few kept-alive connections, each waiting for its answer
 * before it sends again. Plain sockets, so that the driver takes as little as it can of the cores
 * it shares with the server.
 */
final class HttpLoad {
  private static final String CONTENT_LENGTH = "content-length:";

  private final URI server;
  private final byte[] request;
  private final int expectedStatus;

  HttpLoad(
      URI server,
      String method,
      String path,
      Map<String, String> headers,
      byte[] body,
      int expectedStatus) {
    this.server = server;
    this.request = request(server, method, path, headers, body);
    this.expectedStatus = expectedStatus;
  }

  /**
   * What a run of requests took.
   *
   * @param perSecond answers per second over all connections
   * @param millis time of every answer in milliseconds
   */
  record Run(double perSecond, double[] millis) {
    double p50() {
      return BenchResult.percentile(millis, 0.5);
    }

    double p99() {
      return BenchResult.percentile(millis, 0.99);
    }
  }

  Run run(int connections, int requestsPerConnection) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(connections);
    try {
      List<Callable<double[]>> clients = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        clients.add(() -> client(requestsPerConnection));
      }
      long start = System.nanoTime();
      List<Future<double[]>> answers = threads.invokeAll(clients);
      double seconds = (System.nanoTime() - start) / 1e9;
      double[] millis = answers.stream().flatMapToDouble(HttpLoad::result).toArray();
      return new Run(millis.length / seconds, millis);
    } finally {
      threads.shutdownNow();
    }
  }

  private static DoubleStream result(Future<double[]> future) {
    try {
      return DoubleStream.of(future.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private double[] client(int requests) throws IOException {
    double[] millis = new double[requests];
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      for (int i = 0; i < requests; i++) {
        long start = System.nanoTime();
        out.write(request);
        out.flush();
        readAnswer(in);
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    return millis;
  }

  private void readAnswer(InputStream in) throws IOException {
    String status = line(in);
    int length = -1;
    boolean chunked = false;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String lower = header.toLowerCase(java.util.Locale.ROOT);
      if (lower.startsWith(CONTENT_LENGTH)) {
        length = Integer.parseInt(lower.substring(CONTENT_LENGTH.length()).trim());
      } else if (lower.startsWith("transfer-encoding:") && lower.endsWith("chunked")) {
        chunked = true;
      }
    }
    byte[] body = chunked ? readChunks(in) : in.readNBytes(Math.max(0, length));
    if (Integer.parseInt(status.split(" ")[1]) != expectedStatus) {
      throw new IOException(status + " " + new String(body, StandardCharsets.UTF_8));
    }
  }

  private static byte[] readChunks(InputStream in) throws IOException {
    byte[] first = new byte[0];
    while (true) {
      int size = Integer.parseInt(line(in).trim(), 16);
      byte[] chunk = in.readNBytes(size);
      line(in);
      if (size == 0) {
        return first;
      }
      first = first.length == 0 ? chunk : first;
    }
  }

  private static String line(InputStream in) throws IOException {
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

  private static byte[] request(
      URI server, String method, String path, Map<String, String> headers, byte[] body) {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(server.getHost()).append(':').append(server.getPort());
    head.append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (body.length > 0) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    byte[] request = new byte[start.length + body.length];
    System.arraycopy(start, 0, request, 0, start.length);
    System.arraycopy(body, 0, request, start.length, body.length);
    return request;
  }
}
