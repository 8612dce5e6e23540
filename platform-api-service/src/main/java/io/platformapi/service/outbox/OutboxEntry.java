package io.platformapi.service.outbox;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** An event that waits to be published. */
@Entity
@Table(name = "outbox")
public class OutboxEntry {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private Long id;

  private UUID eventId;
  private String key;
  private String value;
  private Instant createdAt;

  protected OutboxEntry() {}

  OutboxEntry(UUID eventId, String key, String value, Instant createdAt) {
    this.eventId = eventId;
    this.key = key;
    this.value = value;
    this.createdAt = createdAt;
  }
}
