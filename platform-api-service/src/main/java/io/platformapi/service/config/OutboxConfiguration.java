package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import jakarta.validation.constraints.NotNull;

/**
 * How committed events leave for Kafka.
 *
 * @param interval pause between two looks at databases known to have news
 */
public record OutboxConfiguration(@JsonProperty @NotNull Duration interval) {}
