package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JsonFactory;
import io.platformapi.routes.RoutesConfig;
import io.platformapi.routes.ingestion.BodyBytes.Digest;
import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.routes.support.EventHeaders;
import io.platformapi.routes.support.EventPublisher;
import io.platformapi.routes.support.EventPublisher.Event;
import io.platformapi.routes.support.EventPublisher.Publication;
import io.platformapi.routes.support.RouteMeters;
import io.platformapi.routes.support.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the events of posted bodies on the usage topic as compact records. */
public final class BodyIngest {
  /** LiteLLM posts up to 512 events of about 11 KB. */
  public static final long MAX_BODY_BYTES = 16L * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(BodyIngest.class);
  private static final List<Header> HEADERS =
      List.of(EventHeaders.text(EventHeaders.CONTENT_TYPE, EventHeaders.JSON));

  private final RoutesConfig config;
  private final JsonFactory json;
  private final TenantDirectory tenants;
  private final EventPublisher publisher;
  private final PutAside putAside;
  private final RouteMeters meters;
  private final Clock clock;

  BodyIngest(
      RoutesConfig config,
      JsonFactory json,
      TenantDirectory tenants,
      EventPublisher publisher,
      PutAside putAside,
      RouteMeters meters,
      Clock clock) {
    this.config = config;
    this.json = json;
    this.tenants = tenants;
    this.publisher = publisher;
    this.putAside = putAside;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Reads a body to its end and returns when Kafka has acknowledged all of it. Whatever is thrown,
   * what was read before is acknowledged too if Kafka is there: LiteLLM forgets what it posted
   * whatever the answer, and a repetition does no harm.
   *
   * @throws MalformedBodyException when the body is empty or some piece of it is not JSON
   * @throws BodyTooLargeException above 16 MiB
   * @throws io.platformapi.routes.support.PublishUnavailableException when Kafka does not
   *     acknowledge in time
   */
  public IngestResult ingest(InputStream body, String requestId) throws IOException {
    Publication publication = publisher.open();
    boolean empty;
    try (CompactWriter writer = new CompactWriter(json, clock.instant().toString(), requestId)) {
      Collector collector = new Collector(publication, writer, requestId);
      try {
        BodyBytes bytes = new BodyBytes(body, MAX_BODY_BYTES);
        empty = !new BodyReader(json).read(bytes, collector);
      } catch (IOException | BodyTooLargeException e) {
        publication.await();
        throw e;
      }
      publication.await();
      IngestResult result = collector.result();
      meters.received("accepted", result.accepted());
      meters.received("unresolved", result.unresolved());
      meters.received("malformed", result.malformed());
      if (empty || result.malformed() > 0) {
        throw new MalformedBodyException(result);
      }
      return result;
    }
  }

  private final class Collector implements BodyReader.Sink {
    private final Publication publication;
    private final CompactWriter writer;
    private final String requestId;
    private final TenantResolver resolver = new TenantResolver(tenants);
    private boolean directoryDown;
    private int received;
    private int accepted;
    private int unresolved;
    private int malformed;

    Collector(Publication publication, CompactWriter writer, String requestId) {
      this.publication = publication;
      this.writer = writer;
      this.requestId = requestId;
    }

    @Override
    public void event(UsageFields fields) throws IOException {
      received++;
      String tenant = tenantOf(fields.owner());
      byte[] value = writer.envelope(fields, tenant);
      if (value.length > EventReader.MAX_BYTES) {
        String sha256 = Sha256.hex(value);
        malformed(new Digest(sha256, value.length), RejectReason.OVERSIZE);
        return;
      }
      if (tenant != null || directoryDown) {
        accepted++;
      } else {
        unresolved++;
      }
      byte[] key = tenant == null ? null : tenant.getBytes(StandardCharsets.UTF_8);
      publication.send(new Event(config.usageTopic(), key, value, HEADERS));
    }

    @Override
    public void malformed(Digest piece) {
      malformed(piece, RejectReason.MALFORMED_JSON);
    }

    private void malformed(Digest piece, RejectReason reason) {
      malformed++;
      publication.send(putAside.malformedPiece(piece.sha256(), piece.length(), requestId, reason));
    }

    /**
     * The tenant, or null when there is none, or none can be known now: the consumer asks again.
     */
    private String tenantOf(CallOwner owner) {
      if (directoryDown) {
        return null;
      }
      try {
        return resolver.tenantOf(owner).orElse(null);
      } catch (StoreUnavailableException e) {
        LOG.warn("the tenant directory is down, the consumer shall resolve: {}", e.toString());
        directoryDown = true;
        return null;
      }
    }

    IngestResult result() {
      return new IngestResult(received, accepted, unresolved, malformed);
    }
  }
}
