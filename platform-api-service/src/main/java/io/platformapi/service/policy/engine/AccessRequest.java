package io.platformapi.service.policy.engine;

import java.util.Objects;

/** One question: may the subject do the action to the resource under these circumstances? */
public record AccessRequest(
    AccessSubject subject, String action, AccessResource resource, AccessEnvironment environment) {
  public AccessRequest {
    Objects.requireNonNull(subject, "subject");
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(resource, "resource");
    Objects.requireNonNull(environment, "environment");
  }
}
