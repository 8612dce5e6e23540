package io.platformapi.service.local;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A real Kafka broker (KRaft, one node, broker and controller in one) inside this JVM, on free
 * loopback ports.
 */
public final class LocalKafka implements AutoCloseable {
  private final KafkaRaftServer server;
  private final Path directory;
  private final int port;

  private LocalKafka(KafkaRaftServer server, Path directory, int port) {
    this.server = server;
    this.directory = directory;
    this.port = port;
  }

  /** Starts the broker; takes about two seconds. */
  public static LocalKafka start() throws IOException {
    int port = LocalPorts.free();
    return start(port, port);
  }

  /**
   * Starts the broker on a port, and sends its clients to another one, such as a proxy's.
   *
   * @param advertised port that clients are told
   */
  public static LocalKafka start(int port, int advertised) throws IOException {
    Path directory = Files.createTempDirectory("platform-kafka-");
    int controllerPort = LocalPorts.free();
    Properties properties = properties(directory, port, advertised, controllerPort);
    Formatter formatter = new Formatter();
    formatter
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
        .setClusterId(Uuid.randomUuid().toString())
        .setNodeId(1)
        .setControllerListenerName("CONTROLLER")
        .setMetadataLogDirectory(directory.toString())
        .setDirectories(List.of(directory.toString()))
        .setIgnoreFormatted(false);
    try {
      formatter.run();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("cannot format the Kafka log directory", e);
    }
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
    server.startup();
    return new LocalKafka(server, directory, advertised);
  }

  public String brokers() {
    return "localhost:" + port;
  }

  /** Creates topics and returns when the broker has them. */
  public void createTopics(int partitions, String... names) {
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers()))) {
      admin
          .createTopics(
              Stream.of(names).map(name -> new NewTopic(name, partitions, (short) 1)).toList())
          .all()
          .get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating topics", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot create topics", e.getCause());
    }
  }

  @Override
  public void close() throws IOException {
    server.shutdown();
    server.awaitShutdown();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static Properties properties(
      Path directory, int port, int advertised, int controllerPort) {
    Properties properties = new Properties();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", "1");
    properties.put("controller.quorum.voters", "1@localhost:" + controllerPort);
    properties.put(
        "listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort);
    properties.put("advertised.listeners", "PLAINTEXT://localhost:" + advertised);
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    properties.put("log.dirs", directory.toString());
    properties.put("offsets.topic.replication.factor", "1");
    properties.put("offsets.topic.num.partitions", "1");
    properties.put("transaction.state.log.replication.factor", "1");
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("group.coordinator.append.linger.ms", "0");
    properties.put("auto.create.topics.enable", "false");
    properties.put("message.max.bytes", "16777216");
    // The kernel's own sizes: Kafka's fixed 100 KiB stall large requests on loopback.
    properties.put("socket.send.buffer.bytes", "-1");
    properties.put("socket.receive.buffer.bytes", "-1");
    return properties;
  }
}
