package io.platformapi.routes.support;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The one Kafka producer of the process, shared by all flows and made at first use, so that a
 * missing Kafka keeps nothing from starting.
 */
public final class KafkaPublisher implements EventPublisher, AutoCloseable {
  private static final int LINGER_MS = 2;
  private static final int BATCH_BYTES = 128 * 1024;
  private static final int MAX_REQUEST_BYTES = 16 * 1024 * 1024;
  private static final int KERNEL_SIZED = -1;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final String brokers;
  private final Duration timeout;
  private Producer<byte[], byte[]> producer;
  private boolean closed;

  /**
   * @param timeout how long an event may wait for its acknowledgement
   */
  public KafkaPublisher(String brokers, Duration timeout) {
    this.brokers = brokers;
    this.timeout = timeout;
  }

  @Override
  public Publication open() {
    return new Pending(producer());
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (producer != null) {
      producer.close(CLOSE_TIMEOUT);
    }
  }

  private synchronized Producer<byte[], byte[]> producer() {
    if (closed) {
      throw new PublishUnavailableException("the publisher is closed", null);
    }
    if (producer == null) {
      try {
        producer =
            new KafkaProducer<>(
                settings(brokers, timeout), new ByteArraySerializer(), new ByteArraySerializer());
      } catch (KafkaException e) {
        // A broker's name that DNS does not know yet.
        throw new PublishUnavailableException("cannot make a Kafka producer", e);
      }
    }
    return producer;
  }

  private static Map<String, Object> settings(String brokers, Duration timeout) {
    int millis = (int) timeout.toMillis();
    return Map.ofEntries(
        Map.entry(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers),
        Map.entry(ProducerConfig.CLIENT_ID_CONFIG, "platform-api"),
        Map.entry(ProducerConfig.ACKS_CONFIG, "all"),
        Map.entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true),
        Map.entry(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4"),
        Map.entry(ProducerConfig.LINGER_MS_CONFIG, LINGER_MS),
        Map.entry(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES),
        Map.entry(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES),
        Map.entry(ProducerConfig.SEND_BUFFER_CONFIG, KERNEL_SIZED),
        Map.entry(ProducerConfig.RECEIVE_BUFFER_CONFIG, KERNEL_SIZED),
        Map.entry(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis / 2),
        Map.entry(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis / 2),
        Map.entry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis),
        Map.entry(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000));
  }

  private final class Pending implements Publication {
    private final Producer<byte[], byte[]> producer;
    private final List<Future<?>> sent = new ArrayList<>();

    Pending(Producer<byte[], byte[]> producer) {
      this.producer = producer;
    }

    @Override
    public void send(Event event) {
      Future<?> acknowledgement;
      try {
        acknowledgement =
            producer.send(
                new ProducerRecord<>(
                    event.topic(), null, event.key(), event.value(), event.headers()));
      } catch (KafkaException | IllegalStateException e) {
        // IllegalState: closed meanwhile.
        throw new PublishUnavailableException("Kafka takes no events", e);
      }
      sent.add(acknowledgement);
      if (acknowledgement.isDone()) {
        // Failed before it was sent: without Kafka each event waits for it anew, so the first that
        // fails ends it.
        check(acknowledgement, 0);
      }
    }

    @Override
    public void await() {
      // The producer gives up by itself; the margin is for its own threads.
      long deadline = System.nanoTime() + timeout.plusSeconds(2).toNanos();
      for (Future<?> acknowledgement : sent) {
        check(acknowledgement, deadline - System.nanoTime());
      }
    }

    private void check(Future<?> acknowledgement, long nanos) {
      try {
        acknowledgement.get(nanos, TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RecordTooLargeException) {
          throw new EventTooLargeException("an event is too large for its topic", e.getCause());
        }
        throw new PublishUnavailableException("Kafka did not acknowledge", e.getCause());
      } catch (TimeoutException e) {
        throw new PublishUnavailableException("Kafka did not acknowledge in time", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PublishUnavailableException("interrupted while Kafka acknowledged", e);
      }
    }
  }
}
