package io.platformapi.service.policy.engine;

/** So many rules are about single resources that no statement could carry them. */
public final class FilterTooLargeException extends RuntimeException {
  FilterTooLargeException(int most) {
    super("the filter has more than " + most + " values");
  }
}
