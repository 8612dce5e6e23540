package io.platformapi.routes.cache;

import io.platformapi.routes.port.InvalidationListener;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Tells this node's caches what changed on another node. */
final class ReceiveInvalidationStep implements Processor {
  private final InvalidationCodec codec;
  private final InvalidationListener listener;

  ReceiveInvalidationStep(InvalidationCodec codec, InvalidationListener listener) {
    this.codec = codec;
    this.listener = listener;
  }

  @Override
  public void process(Exchange exchange) {
    codec.read(exchange.getMessage().getBody(String.class)).ifPresent(listener::invalidated);
  }
}
