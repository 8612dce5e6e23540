package io.platformapi.service.http;

/**
 * The W3C header that names a trace (Trace Context, section 3.2).
 *
 * @param text the header as given
 * @param traceId 32 lower-case hex digits
 */
record Traceparent(String text, String traceId) {
  private static final int LENGTH = 55;
  private static final int TRACE_START = 3;
  private static final int TRACE_END = 35;
  private static final int PARENT_START = 36;
  private static final int PARENT_END = 52;
  private static final int FLAGS_START = 53;

  /** The header read, or null when it is absent or not valid: then it counts as not sent. */
  static Traceparent parse(String text) {
    if (text == null || text.length() < LENGTH || !shaped(text)) {
      return null;
    }
    boolean firstVersion = text.startsWith("00");
    boolean lengthFits = text.length() == LENGTH || (!firstVersion && text.charAt(LENGTH) == '-');
    if (!lengthFits || text.startsWith("ff")) {
      return null;
    }
    return new Traceparent(text, text.substring(TRACE_START, TRACE_END));
  }

  private static boolean shaped(String text) {
    return text.charAt(TRACE_START - 1) == '-'
        && text.charAt(TRACE_END) == '-'
        && text.charAt(PARENT_END) == '-'
        && hex(text, 0, TRACE_START - 1)
        && hex(text, TRACE_START, TRACE_END)
        && hex(text, PARENT_START, PARENT_END)
        && hex(text, FLAGS_START, LENGTH)
        && !zero(text, TRACE_START, TRACE_END)
        && !zero(text, PARENT_START, PARENT_END);
  }

  private static boolean hex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  private static boolean zero(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }
}
