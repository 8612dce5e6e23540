package io.platformapi.service.edge;

import java.util.Comparator;

/**
 * One thing at the edge.
 *
 * @param id a team's id, the hash of a key, the username of a consumer
 */
public record EdgeTarget(EdgeKind kind, String id) implements Comparable<EdgeTarget> {
  private static final Comparator<EdgeTarget> ORDER =
      Comparator.comparing(EdgeTarget::kind).thenComparing(EdgeTarget::id);

  @Override
  public int compareTo(EdgeTarget other) {
    return ORDER.compare(this, other);
  }
}
