package io.platformapi.service.edge;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * What became of one limit at the edge.
 *
 * @param edge {@link EdgeKind} by its name, or null for a quota that the edge cannot say
 * @param target a team's id, the hash of a key, the username of a consumer, or null
 * @param outcome {@link Outcome} by its name
 * @param reason more of it, or null
 * @param before what was in force at the edge, by its own names; null when that is not known
 * @param after what is in force now; null when that is not known
 * @param quotas that ask for it
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record EdgeChange(
    String edge,
    String target,
    String outcome,
    String reason,
    Map<String, String> before,
    Map<String, String> after,
    List<UUID> quotas) {

  /** Everything that can become of one. */
  public enum Outcome {
    /** The edge had it already. */
    UNCHANGED,
    /** The edge had something else. */
    PUSHED,
    /** No quota asks for it any more, and it was pushed by us: the edge has none now. */
    TAKEN_BACK,
    /** No quota asks for it any more, but it is not what we pushed: somebody else's. */
    LEFT,
    /** The edge did not take it, or could not be asked; the next run tries again. */
    FAILED,
    /** The edge does not have that team, key or consumer. */
    ABSENT,
    /** It belongs to another tenant. */
    FOREIGN,
    /** We have no credential for the edge. */
    NOT_CONFIGURED,
    /** The edge has no words for it. */
    NOT_EXPRESSIBLE;

    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static EdgeChange of(EdgeTarget target, Outcome outcome, String reason, List<UUID> quotas) {
    return new EdgeChange(
        target.kind().wire(), target.id(), outcome.wire(), reason, null, null, quotas);
  }

  static EdgeChange inexpressible(EdgePlan.Inexpressible quota) {
    return new EdgeChange(
        null,
        null,
        Outcome.NOT_EXPRESSIBLE.wire(),
        quota.reason().name().toLowerCase(Locale.ROOT),
        null,
        null,
        List.of(quota.quota()));
  }

  EdgeChange between(EdgeLimit was, EdgeLimit is) {
    return new EdgeChange(edge, target, outcome, reason, was.shown(), is.shown(), quotas);
  }
}
