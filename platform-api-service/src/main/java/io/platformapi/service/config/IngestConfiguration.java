package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.NotNull;

/**
 * How machines post usage.
 *
 * @param tokens bearer tokens that may post, separated by commas (several while one is rotated);
 *     none closes the endpoint
 */
public record IngestConfiguration(@JsonProperty @NotNull String tokens) {
  @Override
  public String toString() {
    return "IngestConfiguration[tokens=***]";
  }
}
