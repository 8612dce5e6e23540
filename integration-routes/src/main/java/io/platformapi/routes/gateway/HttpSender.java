package io.platformapi.routes.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends one HTTP request once: no redirect, no proxy, one deadline for head and body. */
final class HttpSender {
  private final HttpClient client;
  private final int maxResponseBytes;

  HttpSender(Duration connectTimeout, int maxResponseBytes) {
    this.maxResponseBytes = maxResponseBytes;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(connectTimeout)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();
  }

  /**
   * @throws GatewayException when there is no whole answer in time
   */
  GatewayResponse send(URI url, GatewayRequest request, Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw timeout(request);
    }
    int limit = request.maxResponseBytes() == 0 ? maxResponseBytes : request.maxResponseBytes();
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(toHttp(url, request, timeout), head -> new LimitedBody(limit));
    try {
      HttpResponse<byte[]> response = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return new GatewayResponse(
          response.statusCode(), headers(response.headers().map()), response.body());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw timeout(request);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw failed(GatewayException.Reason.INTERRUPTED, request, "was given up", e);
    } catch (ExecutionException e) {
      throw of(request, e.getCause());
    }
  }

  private static HttpRequest toHttp(URI url, GatewayRequest request, Duration timeout) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(url).timeout(timeout);
    request.headers().forEach(builder::setHeader);
    return builder
        .method(
            request.method(),
            request.body().length == 0
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(request.body()))
        .build();
  }

  private static Map<String, List<String>> headers(Map<String, List<String>> given) {
    Map<String, List<String>> lower = new HashMap<>();
    given.forEach((name, values) -> lower.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    return Map.copyOf(lower);
  }

  private static GatewayException of(GatewayRequest request, Throwable cause) {
    for (Throwable link = cause; link != null; link = link.getCause()) {
      if (link instanceof LimitedBody.TooLarge) {
        return failed(GatewayException.Reason.TOO_LARGE, request, "answers too much", null);
      }
    }
    if (cause instanceof java.net.http.HttpTimeoutException) {
      return timeout(request);
    }
    // What the JDK says of a connection names addresses at most.
    String what = cause instanceof IOException ? cause.getClass().getSimpleName() : "failed";
    return failed(GatewayException.Reason.NO_ANSWER, request, "did not answer: " + what, cause);
  }

  private static GatewayException timeout(GatewayRequest request) {
    return failed(GatewayException.Reason.TIMEOUT, request, "did not answer in time", null);
  }

  private static GatewayException failed(
      GatewayException.Reason reason, GatewayRequest request, String what, Throwable cause) {
    return new GatewayException(
        reason, KongAddress.upstream(request.path()) + " behind Kong " + what, cause);
  }
}
