package io.platformapi.service.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Watches how many events a node has posted, by its metrics. */
final class PostedMeter {
  private static final Pattern POSTED =
      Pattern.compile("platform_ingest_events_total\\{outcome=\"posted\"} (\\S+)");
  private static final long INTERVAL_MILLIS = 50;
  private static final long PATIENCE_NANOS = 300_000_000_000L;
  private static final double FROM = 0.1;
  private static final double TO = 0.9;

  private final HttpClient http = HttpClient.newHttpClient();
  private final HttpRequest request;

  PostedMeter(URI admin) {
    this.request = HttpRequest.newBuilder(admin.resolve("/metrics")).build();
  }

  private record Sample(long nanos, double posted) {}

  /** Waits until all are posted; events a second between a tenth and nine tenths of them. */
  double rate(int events) throws IOException, InterruptedException {
    List<Sample> samples = new ArrayList<>();
    Sample last = sample();
    while (last.posted() < events) {
      samples.add(last);
      if (last.nanos() - samples.get(0).nanos() > PATIENCE_NANOS) {
        throw new IOException("only " + last.posted() + " of " + events + " events were posted");
      }
      Thread.sleep(INTERVAL_MILLIS);
      last = sample();
    }
    samples.add(last);
    double seconds = (reached(samples, TO * events) - reached(samples, FROM * events)) / 1e9;
    return (TO - FROM) * events / seconds;
  }

  /** When that many were posted, on the line between the samples around it. */
  private static double reached(List<Sample> samples, double posted) {
    int i = 1;
    while (i < samples.size() - 1 && samples.get(i).posted() < posted) {
      i++;
    }
    Sample before = samples.get(i - 1);
    Sample after = samples.get(i);
    double share = (posted - before.posted()) / (after.posted() - before.posted());
    return before.nanos() + share * (after.nanos() - before.nanos());
  }

  private Sample sample() throws IOException, InterruptedException {
    long before = System.nanoTime();
    String metrics = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    Matcher posted = POSTED.matcher(metrics);
    return new Sample(before, posted.find() ? Double.parseDouble(posted.group(1)) : 0);
  }
}
