package io.platformapi.service.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;

/**
 * Where Kafka is and how it is read.
 *
 * @param brokers bootstrap servers, {@code host:port[,host:port]}
 * @param usageTopic topic of LiteLLM's events
 * @param retryTopic topic of events whose tenant's database was down
 * @param deadTopic topic of events that can never be posted
 * @param platformTopic topic of the outbox
 * @param group consumer group of the ingestion
 * @param consumers ingestion consumers of one node, at most the topic's partitions; 0 for a node
 *     that only serves HTTP
 * @param maxPollRecords records per batch
 * @param retryDelay first pause before an event of an unavailable tenant is tried again
 */
public record KafkaConfiguration(
    @JsonProperty @NotBlank String brokers,
    @JsonProperty @NotBlank String usageTopic,
    @JsonProperty @NotBlank String retryTopic,
    @JsonProperty @NotBlank String deadTopic,
    @JsonProperty @NotBlank String platformTopic,
    @JsonProperty @NotBlank String group,
    @JsonProperty @Min(0) @Max(64) int consumers,
    @JsonProperty @Min(1) @Max(10_000) int maxPollRecords,
    @JsonProperty @NotNull Duration retryDelay) {}
