package io.platformapi.routes.message;

/** How one LLM call ended, as LiteLLM's {@code status} says it. */
public enum CallStatus {
  SUCCESS,
  FAILURE
}
