package io.platformapi.service.http;

import io.platformapi.service.problem.PreconditionFailedException;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;

/** Versions of resources as strong entity tags, and the conditions on them (RFC 9110, 13.1). */
public final class Versions {
  private static final String ANY = "*";

  private Versions() {}

  /** The tag for the header {@code ETag}. */
  public static EntityTag tag(long version) {
    return new EntityTag(Long.toString(version));
  }

  /**
   * Checks {@code If-Match} and {@code If-None-Match} before a change of a resource that exists.
   *
   * @throws PreconditionFailedException when the caller meant another version
   */
  public static void check(HttpHeaders headers, long version) {
    List<String> ifMatch = headers.getRequestHeader(HttpHeaders.IF_MATCH);
    // A weak tag never equals in the strong comparison that If-Match asks for.
    if (ifMatch != null && !contains(ifMatch, quoted(version), false)) {
      throw new PreconditionFailedException();
    }
    List<String> ifNoneMatch = headers.getRequestHeader(HttpHeaders.IF_NONE_MATCH);
    if (ifNoneMatch != null && contains(ifNoneMatch, quoted(version), true)) {
      throw new PreconditionFailedException();
    }
  }

  /**
   * Checks the conditions before a change that would make the resource.
   *
   * @throws PreconditionFailedException when the caller named a version: there is none
   */
  public static void checkAbsent(HttpHeaders headers) {
    if (headers.getRequestHeader(HttpHeaders.IF_MATCH) != null) {
      throw new PreconditionFailedException();
    }
  }

  /** Whether a GET may be answered by 304: the caller holds this version already. */
  public static boolean unchanged(HttpHeaders headers, long version) {
    List<String> ifNoneMatch = headers.getRequestHeader(HttpHeaders.IF_NONE_MATCH);
    return ifNoneMatch != null && contains(ifNoneMatch, quoted(version), true);
  }

  private static String quoted(long version) {
    return '"' + Long.toString(version) + '"';
  }

  private static boolean contains(List<String> lines, String tag, boolean weakToo) {
    for (String line : lines) {
      if (line.strip().equals(ANY)) {
        return true;
      }
      // Our tags are digits, so a foreign tag with a comma inside can be cut without harm.
      for (String item : line.split(",")) {
        String candidate = item.strip();
        if (weakToo && candidate.startsWith("W/")) {
          candidate = candidate.substring(2);
        }
        if (candidate.equals(tag)) {
          return true;
        }
      }
    }
    return false;
  }
}
