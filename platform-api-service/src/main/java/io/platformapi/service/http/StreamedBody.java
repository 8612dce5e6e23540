package io.platformapi.service.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares an endpoint that reads a large body as a stream: another limit than 1 MiB, and no
 * Idempotency-Key, since that would hold the whole body in memory.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface StreamedBody {

  /** Largest body in bytes. */
  long maximumBytes();
}
