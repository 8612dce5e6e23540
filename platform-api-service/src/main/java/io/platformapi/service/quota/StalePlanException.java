package io.platformapi.service.quota;

/** Somebody has meanwhile gone by a later state of the tenant's plan; ask again. */
final class StalePlanException extends RuntimeException {
  StalePlanException() {
    super("the plan is not the latest one");
  }
}
