package io.platformapi.service.http;

import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
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
  public static boolean wanted(ContainerRequestContext request) {
    Variant best = request.getRequest().selectVariant(FORMS);
    return best != null && CsvWriter.MEDIA_TYPE.equals(best.getMediaType().toString());
  }

  /**
   * The answer in the form that a request asks for: a page, or everything as CSV.
   *
   * @param rows writes the row of an item, or several
   * @param limit as the caller gave it
   * @param cursor as the caller gave it
   */
  public static <T> Response answer(
      ContainerRequestContext request,
      Listing list,
      String[] header,
      Source<T> source,
      Rows<T> rows,
      String limit,
      String cursor) {
    return wanted(request)
        ? csv(request, list, header, source, rows)
        : Response.ok(
                source.read(PageRequest.parse(limit, cursor, list.name(), list.cursorParts())),
                MediaType.APPLICATION_JSON_TYPE)
            .build();
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
   * @param rows writes the row of an item, or several
   * @throws ValidationException when a page is asked for
   */
  public static <T> Response csv(
      ContainerRequestContext request,
      Listing list,
      String[] header,
      Source<T> source,
      Rows<T> rows) {
    refusePages(request);
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
            csv.flush();
            if (page.nextCursor() == null) {
              break;
            }
            page = source.read(list.after(page.nextCursor()));
          }
        };
    return Response.ok(StreamedAnswer.of(request, body), CsvWriter.CONTENT_TYPE)
        .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + list.name() + ".csv\"")
        .build();
  }

  /** Names a list. */
  public record Listing(String name, int cursorParts) {
    PageRequest after(String cursor) {
      return new PageRequest(CHUNK, Optional.of(Cursor.decode(cursor, name, cursorParts)));
    }
  }

  private static void refusePages(ContainerRequestContext request) {
    for (String parameter : List.of("limit", "cursor")) {
      if (request.getUriInfo().getQueryParameters().containsKey(parameter)) {
        throw new ValidationException(parameter, "is for JSON: CSV holds everything");
      }
    }
  }
}
