package io.platformapi.service.policy;

import java.time.Instant;
import java.util.UUID;

/**
 * A recorded decision that would be another one.
 *
 * @param wasAllowed as it was decided
 * @param wasDecidedBy layer and rule with a colon between, or null
 * @param policyVersion policy that it was decided by
 * @param draft what the draft decides
 */
public record ChangedDecision(
    UUID id,
    Instant decidedAt,
    SubjectRef subject,
    String action,
    Target resource,
    boolean wasAllowed,
    String wasDecidedBy,
    String policyVersion,
    CheckAnswer draft) {

  /** The resource that it was about. */
  public record Target(String type, String id) {}

  static ChangedDecision of(RecordedDecision recorded, CheckAnswer draft) {
    return new ChangedDecision(
        recorded.id(),
        recorded.decidedAt(),
        new SubjectRef(
            recorded.request().subject().type().text(), recorded.request().subject().id()),
        recorded.request().action(),
        new Target(recorded.request().resource().type(), recorded.request().resource().id()),
        recorded.allowed(),
        recorded.decidedBy(),
        recorded.policyVersion(),
        draft);
  }
}
