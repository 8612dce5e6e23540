package io.platformapi.routes.cache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.routes.message.Invalidation;
import java.util.Optional;
import java.util.UUID;

/** Writes invalidations for the wire, and reads those of other nodes. */
final class InvalidationCodec {
  private final ObjectMapper json = new ObjectMapper();
  private final String node = UUID.randomUUID().toString();

  /** What travels; the node lets a sender skip its own echo. */
  record Hint(String node, String kind, String key) {}

  String write(Invalidation invalidation) {
    try {
      return json.writeValueAsString(new Hint(node, invalidation.kind(), invalidation.key()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("three strings are always JSON", e);
    }
  }

  /** The invalidation, if it is one and comes from another node. */
  Optional<Invalidation> read(String text) {
    try {
      Hint hint = json.readValue(text, Hint.class);
      boolean ours = hint == null || node.equals(hint.node());
      return ours || hint.kind() == null || hint.key() == null
          ? Optional.empty()
          : Optional.of(new Invalidation(hint.kind(), hint.key()));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
