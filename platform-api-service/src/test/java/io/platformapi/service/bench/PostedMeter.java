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

/** Watches how many events a node posts from now on, by its metrics. */
final class PostedMeter {
  private static final Pattern POSTED =
      Pattern.compile("platform_ingest_events_total\\{outcome=\"posted\"} (\\S+)");
  private static final long INTERVAL_MILLIS = 50;
  private static final long PATIENCE_NANOS = 300_000_000_000L;

  private final HttpClient http = HttpClient.newHttpClient();
  private final HttpRequest request;
  private final double before;

  PostedMeter(URI admin) throws IOException, InterruptedException {
    // Without all others, so that watching takes little of what is watched.
    URI metrics = admin.resolve("/metrics?name%5B%5D=platform_ingest_events_total");
    this.request = HttpRequest.newBuilder(metrics).build();
    this.before = posted();
  }

  /** Waits until all are posted; events a second of the middle of them. */
  double rate(int events) throws IOException, InterruptedException {
    List<PostedRate.Sample> samples = new ArrayList<>();
    PostedRate.Sample last = sample();
    samples.add(last);
    while (last.posted() < events) {
      if (last.nanos() - samples.get(0).nanos() > PATIENCE_NANOS) {
        throw new IOException("only " + last.posted() + " of " + events + " events were posted");
      }
      Thread.sleep(INTERVAL_MILLIS);
      last = sample();
      samples.add(last);
    }
    return PostedRate.of(samples, events);
  }

  private PostedRate.Sample sample() throws IOException, InterruptedException {
    long nanos = System.nanoTime();
    return new PostedRate.Sample(nanos, posted() - before);
  }

  private double posted() throws IOException, InterruptedException {
    Matcher posted =
        POSTED.matcher(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    return posted.find() ? Double.parseDouble(posted.group(1)) : 0;
  }
}
