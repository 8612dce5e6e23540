package io.platformapi.routes;

import io.platformapi.routes.gateway.GatewayConfig;
import java.time.Duration;

/**
 * What the routes need to know about the world outside.
 *
 * @param kafkaBrokers bootstrap servers, {@code host:port[,host:port]}
 * @param usageTopic topic of LiteLLM's events
 * @param retryTopic topic of events whose tenant's database was down
 * @param deadTopic topic of events that can never be posted
 * @param platformTopic topic of the outbox
 * @param consumerGroup Kafka consumer group of the ingestion
 * @param consumers ingestion consumers of this node, at most the topic's partitions; 0 for a node
 *     that only takes bodies
 * @param maxPollRecords records per batch
 * @param redisHost Redis host
 * @param redisPort Redis port
 * @param outboxInterval pause between two sweeps of the outbox
 * @param retryDelay first pause before an event of an unavailable tenant is tried again; doubles up
 *     to 5 minutes
 * @param shutdownTimeout how long a stopping context waits for work in flight; below Jetty's 30 s
 * @param storeRetry how long a batch is tried again in place while the store is down, before it is
 *     read again from Kafka; well below max.poll.interval (5 minutes)
 * @param publishTimeout how long an event may wait for Kafka's acknowledgement
 * @param gateway Kong, which every outbound HTTP call goes to
 * @param reconciliation how the two books are brought together
 */
public record RoutesConfig(
    String kafkaBrokers,
    String usageTopic,
    String retryTopic,
    String deadTopic,
    String platformTopic,
    String consumerGroup,
    int consumers,
    int maxPollRecords,
    String redisHost,
    int redisPort,
    Duration outboxInterval,
    Duration retryDelay,
    Duration shutdownTimeout,
    Duration storeRetry,
    Duration publishTimeout,
    GatewayConfig gateway,
    ReconciliationConfig reconciliation) {

  /** Without a reconciliation. */
  public RoutesConfig(
      String kafkaBrokers,
      String usageTopic,
      String retryTopic,
      String deadTopic,
      String platformTopic,
      String consumerGroup,
      int consumers,
      int maxPollRecords,
      String redisHost,
      int redisPort,
      Duration outboxInterval,
      Duration retryDelay,
      Duration shutdownTimeout,
      Duration storeRetry,
      Duration publishTimeout,
      GatewayConfig gateway) {
    this(
        kafkaBrokers,
        usageTopic,
        retryTopic,
        deadTopic,
        platformTopic,
        consumerGroup,
        consumers,
        maxPollRecords,
        redisHost,
        redisPort,
        outboxInterval,
        retryDelay,
        shutdownTimeout,
        storeRetry,
        publishTimeout,
        gateway,
        ReconciliationConfig.OFF);
  }
}
