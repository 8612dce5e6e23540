package io.platformapi.service.http;

import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.Variant;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A list as one file instead of pages. It is read page by page all the same, so that neither the
 * whole of it is in memory nor a connection taken while a caller reads slowly.
 */
public final class Export {
  /** Items that are read at once. */
  public static final int CHUNK = 1000;

  private static final List<Variant> FORMS =
      Variant.mediaTypes(MediaType.APPLICATION_JSON_TYPE, MediaType.valueOf(CsvWriter.MEDIA_TYPE))
          .build();

  private Export() {}

  /** Whether a request asks for CSV rather than JSON. */
  public static boolean wanted(Request request) {
    Variant best = request.selectVariant(FORMS);
    return best != null && CsvWriter.MEDIA_TYPE.equals(best.getMediaType().toString());
  }

  /** Reads a page of the list. */
  @FunctionalInterface
  public interface Source<T> {
    Page<T> read(PageRequest page);
  }

  /** Writes an item as one row or several. */
  @FunctionalInterface
  public interface Rows<T> {
    void write(CsvWriter csv, T item) throws IOException;
  }

  /**
   * The answer that writes everything.
   *
   * @param list name of the list and how many parts its cursors have
   * @throws ValidationException when a page is asked for
   */
  public static <T> Response csv(
      Listing list, PageParameters asked, String[] header, Source<T> source, Rows<T> rows) {
    if (asked.limit() != null || asked.cursor() != null) {
      throw new ValidationException(
          asked.limit() != null ? "limit" : "cursor", "is for JSON: CSV holds everything");
    }
    // Read before the answer begins, so that what fails at once has an error of its own.
    Page<T> first = source.read(new PageRequest(CHUNK, Optional.empty()));
    StreamingOutput body =
        out -> {
          CsvWriter csv = new CsvWriter(out);
          csv.header(header);
          Page<T> page = first;
          while (true) {
            for (T item : page.items()) {
              rows.write(csv, item);
            }
            if (page.nextCursor() == null) {
              break;
            }
            page = source.read(list.after(page.nextCursor()));
          }
          csv.flush();
        };
    return Response.ok(body, CsvWriter.CONTENT_TYPE)
        .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + list.name() + ".csv\"")
        .build();
  }

  /** Names a list. */
  public record Listing(String name, int cursorParts) {
    PageRequest after(String cursor) {
      return new PageRequest(CHUNK, Optional.of(Cursor.decode(cursor, name, cursorParts)));
    }
  }

  /** The query parameters of a page, each null when absent. */
  public record PageParameters(String limit, String cursor) {}
}
