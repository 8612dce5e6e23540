package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/**
 * How caches hear of changes.
 *
 * @param pollInterval pause between two looks at the table of changes: how long a node may use what
 *     another one has changed while Redis is away
 */
public record CacheConfiguration(
    @JsonProperty
        @NotNull
        @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
        @MaxDuration(value = 60, unit = TimeUnit.SECONDS)
        Duration pollInterval) {}
