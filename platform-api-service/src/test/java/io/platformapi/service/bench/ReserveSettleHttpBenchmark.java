package io.platformapi.service.bench;

import io.platformapi.service.testing.PlatformSettings;
import io.platformapi.service.testing.PlatformUnderTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Reservations, each settled by the next request of its connection, against as many requests to an
 * empty resource of the same server.
 */
final class ReserveSettleHttpBenchmark implements Benchmark {
  private static final String PATH = "/v1/quotas/reservations";
  private static final String ACTUAL =
      "{\"actual\":{\"inputTokens\":90,\"outputTokens\":120,\"requests\":1}}";

  private final boolean spread;
  private final List<double[]> reserves = new ArrayList<>();
  private final List<double[]> settles = new ArrayList<>();
  private URI server;
  private BenchQuotas quotas;
  private byte[][] reservations;

  /**
   * @param spread over many quotas, instead of one
   */
  ReserveSettleHttpBenchmark(boolean spread) {
    this.spread = spread;
  }

  @Override
  public String name() {
    return spread ? "reserve-settle-http-spread" : "reserve-settle-http";
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    try (PlatformUnderTest platform = BenchPlatform.start(PlatformSettings.create())) {
      server = platform.url();
      quotas = BenchQuotas.make(platform, spread);
      reservations = quotas.posts(PATH).toArray(byte[][]::new);
      Comparison comparison = Comparison.of(this::load, quotas.empty()::run, progress);
      // The first were the warm-up.
      reserves.subList(0, reserves.size() - Comparison.ROUNDS).clear();
      settles.subList(0, settles.size() - Comparison.ROUNDS).clear();
      return comparison.result(
          name(),
          List.of(
              quotas.told(),
              comparison.latency("reserve", all(reserves)),
              comparison.latency("settle", all(settles))));
    }
  }

  private HttpLoad.Run load(int connections, int requests) throws Exception {
    int pairs = requests / 2;
    ExecutorService threads = Executors.newFixedThreadPool(connections);
    try {
      double[] reserve = new double[connections * pairs];
      double[] settle = new double[connections * pairs];
      List<Future<?>> clients = new ArrayList<>();
      long start = System.nanoTime();
      for (int i = 0; i < connections; i++) {
        int number = i;
        clients.add(
            threads.submit(
                () -> {
                  client(number, connections, pairs, reserve, settle);
                  return null;
                }));
      }
      for (Future<?> client : clients) {
        client.get();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      reserves.add(reserve);
      settles.add(settle);
      double[] both = all(List.of(reserve, settle));
      return new HttpLoad.Run(both.length / seconds, both);
    } finally {
      threads.shutdownNow();
    }
  }

  private void client(int number, int connections, int pairs, double[] reserve, double[] settle)
      throws Exception {
    int first = (int) ((long) reservations.length * number / connections);
    try (HttpConnection connection = new HttpConnection(server)) {
      for (int i = 0; i < pairs; i++) {
        long start = System.nanoTime();
        String location = connection.send(reservations[(first + i) % reservations.length], 201);
        long reserved = System.nanoTime();
        byte[] settlement = quotas.post(URI.create(location).getPath() + "/settle", ACTUAL);
        long sent = System.nanoTime();
        connection.send(settlement, 200);
        reserve[number * pairs + i] = (reserved - start) / 1e6;
        settle[number * pairs + i] = (System.nanoTime() - sent) / 1e6;
      }
    }
  }

  private static double[] all(List<double[]> parts) {
    return parts.stream().flatMapToDouble(Arrays::stream).toArray();
  }
}
