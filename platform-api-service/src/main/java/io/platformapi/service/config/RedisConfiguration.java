package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;

/** Where Redis is: a copy of things and a carrier of hints, never the truth. */
public record RedisConfiguration(
    @JsonProperty @NotBlank String host, @JsonProperty @Min(1) @Max(65_535) int port) {}
