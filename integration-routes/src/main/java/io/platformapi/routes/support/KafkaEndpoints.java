package io.platformapi.routes.support;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes the Kafka consumer endpoints in the one shape that loses nothing: batches, manual
 * synchronous commits after the work, break and read again on errors.
 */
public final class KafkaEndpoints {
  private static final int MAX_POLL_INTERVAL_MS = 300_000;
  private static final int SHUTDOWN_MS = 10_000;

  private KafkaEndpoints() {}

  /**
   * @param manualCommitFactory registry name of the synchronous commit factory
   */
  public static String consumer(
      String topic, String group, int consumers, int maxPollRecords, String manualCommitFactory) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("groupId", group);
    options.put("consumersCount", consumers);
    options.put("batching", true);
    options.put("maxPollRecords", maxPollRecords);
    // Either of the two alone holds a partial batch back for seconds or for ever.
    options.put("pollTimeoutMs", 200);
    options.put("batchingIntervalMs", 500);
    options.put("autoCommitEnable", false);
    options.put("allowManualCommit", true);
    options.put("kafkaManualCommitFactory", "#" + manualCommitFactory);
    options.put("breakOnFirstError", true);
    options.put("pollOnError", "RECONNECT");
    options.put("autoOffsetReset", "earliest");
    options.put("preValidateHostAndPort", false);
    options.put("keyDeserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
    options.put("valueDeserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
    // After a kill the next consumer resumes in about 6 s.
    options.put("sessionTimeoutMs", 6_000);
    options.put("heartbeatIntervalMs", 1_000);
    options.put("maxPollIntervalMs", MAX_POLL_INTERVAL_MS);
    options.put("maxPartitionFetchBytes", 4 * 1024 * 1024);
    // The kernel's own sizes grow with the connection; Kafka's fixed 64 KiB stall large fetches.
    options.put("receiveBufferBytes", -1);
    options.put("sendBufferBytes", -1);
    options.put("shutdownTimeout", SHUTDOWN_MS);
    return "kafka:"
        + topic
        + options.entrySet().stream()
            .map(option -> option.getKey() + "=" + option.getValue())
            .collect(Collectors.joining("&", "?", ""));
  }
}
