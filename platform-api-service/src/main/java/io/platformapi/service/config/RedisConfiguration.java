package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/**
 * Where Redis is: a copy of things and a carrier of hints, never the truth.
 *
 * @param timeout how long a request waits for a connection, and again for an answer, before it goes
 *     on without
 * @param connections of this node, for what requests ask; hints have their own
 */
public record RedisConfiguration(
    @JsonProperty @NotBlank String host,
    @JsonProperty @Min(1) @Max(65_535) int port,
    @JsonProperty
        @NotNull
        @MinDuration(value = 1, unit = TimeUnit.MILLISECONDS)
        @MaxDuration(value = 5, unit = TimeUnit.SECONDS)
        Duration timeout,
    @JsonProperty @Min(1) @Max(1_000) int connections) {}
