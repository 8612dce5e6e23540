package io.platformapi.routes.port;

import io.platformapi.routes.message.Invalidation;

/** Hears that something cached has changed on this or another node. */
@FunctionalInterface
public interface InvalidationListener {
  void invalidated(Invalidation invalidation);
}
