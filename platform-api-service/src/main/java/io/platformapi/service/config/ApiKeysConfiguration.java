package io.platformapi.service.config;

import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.concurrent.TimeUnit;

/**
 * What API keys are kept by.
 *
 * @param peppers secrets of the keyed hash, {@code id:base64,id:base64,...}: the first one is for
 *     new keys, the others are for keys that were made with them
 * @param lastUsedInterval pause between two writes of when keys were last used
 * @param staleAtMost how old a key may get in memory while the admin database cannot be asked; one
 *     that is known to have changed is never believed
 */
public record ApiKeysConfiguration(
    @NotNull
        @Pattern(
            regexp = ITEM + "(," + ITEM + ")*",
            message = "must be id:secret,id:secret,... with base64 of 32 bytes or more each")
        String peppers,
    @NotNull @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS) Duration lastUsedInterval,
    @NotNull @MinDuration(value = 1, unit = TimeUnit.SECONDS) Duration staleAtMost) {
  private static final String ITEM = "\\s*[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]{43,}={0,2}\\s*";

  public ApiKeysConfiguration {
    lastUsedInterval = lastUsedInterval == null ? Duration.minutes(1) : lastUsedInterval;
    staleAtMost = staleAtMost == null ? Duration.minutes(5) : staleAtMost;
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "ApiKeysConfiguration[lastUsedInterval="
        + lastUsedInterval
        + ", staleAtMost="
        + staleAtMost
        + "]";
  }
}
