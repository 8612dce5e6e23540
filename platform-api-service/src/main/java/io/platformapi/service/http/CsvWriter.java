package io.platformapi.service.http;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Writes rows of comma-separated values as they come (RFC 4180, UTF-8). A text that a spreadsheet
 * would take for a formula gets an apostrophe before it (OWASP, "CSV Injection").
 */
public final class CsvWriter {
  public static final String MEDIA_TYPE = "text/csv";
  public static final String CONTENT_TYPE = "text/csv; charset=UTF-8; header=present";

  private static final String FORMULA = "=+-@\t\r\n＝＋－＠";

  private final Writer out;
  private boolean first = true;

  /**
   * @param out not closed
   */
  public CsvWriter(OutputStream out) {
    this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
  }

  /** A row of texts, as the first one. */
  public void header(String... names) throws IOException {
    for (String name : names) {
      text(name);
    }
    end();
  }

  /** Empty for null. */
  public CsvWriter text(String text) throws IOException {
    separate();
    if (text == null || text.isEmpty()) {
      return this;
    }
    String safe = FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    if (needsQuotes(safe)) {
      out.write('"');
      out.write(safe.replace("\"", "\"\""));
      out.write('"');
    } else {
      out.write(safe);
    }
    return this;
  }

  public CsvWriter number(long number) throws IOException {
    separate();
    out.write(Long.toString(number));
    return this;
  }

  /** The amount of money as it is on the wire; its currency is another cell. */
  public CsvWriter money(Money money) throws IOException {
    separate();
    out.write(money.amount());
    return this;
  }

  /** Empty for null. */
  public CsvWriter time(Instant time) throws IOException {
    return text(time == null ? null : time.toString());
  }

  /** Ends the row. */
  public void end() throws IOException {
    out.write("\r\n");
    first = true;
  }

  /** Hands on what is written so far. */
  public void flush() throws IOException {
    out.flush();
  }

  private void separate() throws IOException {
    if (!first) {
      out.write(',');
    }
    first = false;
  }

  private static boolean needsQuotes(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ',' || c == '"' || c == '\r' || c == '\n' || c == ';' || c == '\t') {
        return true;
      }
    }
    return text.charAt(0) == ' ' || text.charAt(text.length() - 1) == ' ';
  }
}
