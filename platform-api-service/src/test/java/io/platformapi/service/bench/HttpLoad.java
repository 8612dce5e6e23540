package io.platformapi.service.bench;

import java.io.IOException;
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
 * Sends one request, or several by turns, over and over on a few kept-alive connections, each
 * waiting for its answer before it sends again. Plain sockets, so that the driver takes as little
 * as it can of the cores it shares with the server.
 */
final class HttpLoad {
  private final URI server;
  private final byte[][] all;
  private final int expectedStatus;

  HttpLoad(
      URI server,
      String method,
      String path,
      Map<String, String> headers,
      byte[] body,
      int expectedStatus) {
    this(server, List.of(request(server, method, path, headers, body)), expectedStatus);
  }

  /**
   * @param requests sent one after the other, by each connection from another one on
   */
  HttpLoad(URI server, List<byte[]> requests, int expectedStatus) {
    this.server = server;
    this.all = requests.toArray(byte[][]::new);
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
        int first = (int) ((long) all.length * i / connections);
        clients.add(() -> client(requestsPerConnection, first));
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

  private double[] client(int requests, int first) throws IOException {
    double[] millis = new double[requests];
    try (HttpConnection connection = new HttpConnection(server)) {
      for (int i = 0; i < requests; i++) {
        byte[] request = all[(first + i) % all.length];
        long start = System.nanoTime();
        connection.send(request, expectedStatus);
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    return millis;
  }

  static byte[] request(
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
