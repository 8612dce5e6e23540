package io.platformapi.service.http;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;

/**
 * The ids that travel with a request: read from its headers once, echoed on its answer whoever
 * writes it.
 *
 * <p>A value that is not plain (visible ASCII, at most 128 characters, one line) is not used: a new
 * request id is made, the others are left out.
 */
public final class RequestContext {
  public static final String ATTRIBUTE = RequestContext.class.getName();
  public static final String REQUEST_ID_IN_LOGS = "requestId";

  public static final String REQUEST_ID = "X-Request-Id";
  public static final String TENANT_ID = "X-Tenant-Id";
  public static final String PLATFORM_ID = "X-Platform-Id";
  public static final String USER_ID = "X-User-Id";
  public static final String TRACE_ID = "X-Trace-Id";
  public static final String TRACEPARENT = "traceparent";

  private static final int MAX_LENGTH = 128;

  private final String requestId;
  private final String tenantId;
  private final String platformId;
  private final String userId;
  private final String traceId;
  private final String traceparent;
  private final boolean selectionReadable;
  private final String clientAddress;

  private RequestContext(HttpFields headers, String clientAddress) {
    this.clientAddress = clientAddress;
    String givenRequestId = plain(headers, REQUEST_ID);
    this.requestId = givenRequestId == null ? Uuid7.next().toString() : givenRequestId;
    this.tenantId = plain(headers, TENANT_ID);
    this.platformId = plain(headers, PLATFORM_ID);
    this.userId = plain(headers, USER_ID);
    Traceparent trace = Traceparent.parse(plain(headers, TRACEPARENT));
    this.traceparent = trace == null ? null : trace.text();
    this.traceId = trace == null ? plain(headers, TRACE_ID) : trace.traceId();
    this.selectionReadable =
        (tenantId != null || !headers.contains(TENANT_ID))
            && (platformId != null || !headers.contains(PLATFORM_ID))
            && (userId != null || !headers.contains(USER_ID));
  }

  /**
   * @param clientAddress where the request comes from, or null when that is not known
   */
  static RequestContext of(HttpFields headers, String clientAddress) {
    return new RequestContext(headers, clientAddress);
  }

  public String requestId() {
    return requestId;
  }

  /** Tenant the caller asks to act for, or null. Not checked against anything. */
  public String tenantId() {
    return tenantId;
  }

  /** Platform the caller names, or null. Not checked against anything. */
  public String platformId() {
    return platformId;
  }

  /** User the caller names, or null. Not checked against anything. */
  public String userId() {
    return userId;
  }

  /** Whether the tenant, platform and user headers, where present, could be used. */
  public boolean selectionReadable() {
    return selectionReadable;
  }

  /** IP address that the request comes from, or null when that is not known. */
  public String clientAddress() {
    return clientAddress;
  }

  /** Id of the trace, from {@code traceparent} if that is valid, or null. */
  public String traceId() {
    return traceId;
  }

  /** W3C trace context as it was sent, if it is valid, or null. */
  public String traceparent() {
    return traceparent;
  }

  void echo(HttpFields.Mutable answer) {
    answer.put(REQUEST_ID, requestId);
    put(answer, TENANT_ID, tenantId);
    put(answer, PLATFORM_ID, platformId);
    put(answer, TRACE_ID, traceId);
    put(answer, TRACEPARENT, traceparent);
  }

  private static void put(HttpFields.Mutable answer, String name, String value) {
    if (value != null) {
      answer.put(name, value);
    }
  }

  /** The value of a header that was sent once; else null. */
  private static String only(HttpFields headers, String name) {
    HttpField found = null;
    for (HttpField field : headers) {
      if (field.is(name)) {
        if (found != null) {
          return null;
        }
        found = field;
      }
    }
    return found == null ? null : found.getValue();
  }

  private static String plain(HttpFields headers, String name) {
    String value = only(headers, name);
    if (value == null || value.isEmpty() || value.length() > MAX_LENGTH) {
      return null;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c <= ' ' || c >= 0x7f) {
        return null;
      }
    }
    return value;
  }
}
