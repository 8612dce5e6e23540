package io.platformapi.service.policy.engine;

/** One question: may the subject do the action to the resource under these circumstances? */
public record AccessRequest(
    AccessSubject subject, String action, AccessResource resource, AccessEnvironment environment) {}
