package io.platformapi.routes.gateway;

import io.platformapi.routes.port.UpstreamCredentials;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Puts the headers of a request together: its own, our credential, correlation and trace. */
final class OutboundHeaders {
  private static final String REQUEST_ID = "X-Request-Id";
  private static final String TRACEPARENT = "traceparent";
  // RFC 9110, section 5.6.2, and visible ASCII with spaces: nothing that could end a line.
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]*");

  private final UpstreamCredentials credentials;

  OutboundHeaders(UpstreamCredentials credentials) {
    this.credentials = credentials;
  }

  /**
   * The request with all its headers.
   *
   * @throws IllegalArgumentException when one could be more than a header; the text names none
   */
  GatewayRequest on(GatewayRequest request, String upstream) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(credentials.headersFor(upstream));
    headers.putAll(request.headers());
    headers.put(
        REQUEST_ID,
        request.requestId() == null ? UUID.randomUUID().toString() : request.requestId());
    headers.put(TRACEPARENT, request.traceparent() == null ? newTrace() : request.traceparent());
    headers.forEach(OutboundHeaders::check);
    return request.withAll(headers);
  }

  private static void check(String name, String value) {
    // Neither is quoted: values are secrets, and a name may be a value in the wrong place.
    if (!NAME.matcher(name).matches() || !VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException("not a header that may be sent");
    }
  }

  /** A trace of our own that nobody samples (W3C Trace Context, section 3.2). */
  private static String newTrace() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return String.format(
        "00-%016x%016x-%016x-00",
        random.nextLong(), random.nextLong(1, Long.MAX_VALUE), random.nextLong(1, Long.MAX_VALUE));
  }
}
