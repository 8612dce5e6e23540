package io.platformapi.service.ingestion;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.IntegrationRoutes;
import io.platformapi.routes.Ports;
import io.platformapi.routes.RoutesConfig;
import io.platformapi.routes.gateway.GatewayConfig;
import io.platformapi.routes.port.Outbox;
import io.platformapi.service.local.LocalKafka;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topics of one test on a real broker, and the routes that run on them. */
final class UsageTopics implements AutoCloseable {
  static final int PARTITIONS = 4;

  private final String brokers;
  private final String name = "t" + UUID.randomUUID();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<IntegrationRoutes> running = new ArrayList<>();

  UsageTopics(LocalKafka kafka) {
    this.brokers = kafka.brokers();
    kafka.createTopics(PARTITIONS, usage(), retry(), platform());
    kafka.createTopics(1, dead());
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers, "linger.ms", 5),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  String usage() {
    return name + ".usage";
  }

  String retry() {
    return name + ".retry";
  }

  String dead() {
    return name + ".dead";
  }

  String platform() {
    return name + ".platform";
  }

  RoutesConfig config() {
    return config(brokers, dead(), 1);
  }

  RoutesConfig config(String kafkaBrokers, String deadTopic, int redisPort) {
    return new RoutesConfig(
        kafkaBrokers,
        usage(),
        retry(),
        deadTopic,
        platform(),
        name,
        2,
        500,
        "localhost",
        redisPort,
        Duration.ofMillis(200),
        Duration.ofMillis(300),
        Duration.ofSeconds(15),
        Duration.ofSeconds(1),
        Duration.ofSeconds(4),
        new GatewayConfig(URI.create("http://localhost:1")));
  }

  IntegrationRoutes start(MemoryLedger ledger) {
    return start(ledger, config());
  }

  IntegrationRoutes start(MemoryLedger ledger, RoutesConfig config) {
    return start(config, new Ports(ledger, ledger, noOutbox(), change -> {}));
  }

  IntegrationRoutes start(RoutesConfig config, Ports ports) {
    IntegrationRoutes routes = new IntegrationRoutes(config, ports, meters);
    routes.start();
    running.add(routes);
    return routes;
  }

  /** An outbox that never holds anything. */
  static Outbox noOutbox() {
    return (limit, publisher) -> 0;
  }

  void stop(IntegrationRoutes routes) {
    if (running.remove(routes)) {
      routes.stop();
    }
  }

  void send(String key, String... values) {
    List<Future<?>> sent = new ArrayList<>();
    for (String value : values) {
      sent.add(
          producer.send(
              new ProducerRecord<>(
                  usage(),
                  key.getBytes(StandardCharsets.UTF_8),
                  value.getBytes(StandardCharsets.UTF_8))));
    }
    for (Future<?> future : sent) {
      try {
        future.get();
      } catch (ExecutionException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** A compact event of a tenant; distinct by number. */
  static String event(String tenant, int number) {
    return event(tenant, number, "user");
  }

  static String event(String tenant, int number, String endUser) {
    return """
        {"eventId":"x","type":"usage.recorded","tenantId":"%s","payload":{"callId":"c%d","id":"i",\
        "status":"success","startTime":1795426212.5,"tenantId":"%s","endUser":"%s",\
        "inputTokens":1,"outputTokens":1,"totalTokens":2,"cost":0.000001}}"""
        .formatted(tenant, number, tenant, endUser);
  }

  /** All records of a topic as they are now. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", brokers);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  /** How many records of the usage topic are committed. */
  long committed() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      return admin
          .listConsumerGroupOffsets(name)
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .filter(java.util.Objects::nonNull)
          .mapToLong(OffsetAndMetadata::offset)
          .sum();
    } catch (ExecutionException | InterruptedException e) {
      return -1;
    }
  }

  @Override
  public void close() {
    List.copyOf(running).forEach(this::stop);
    producer.close();
  }
}
