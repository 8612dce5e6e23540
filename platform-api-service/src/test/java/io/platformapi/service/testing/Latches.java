package io.platformapi.service.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Makes threads meet. */
public final class Latches {
  private static final int SECONDS = 20;

  private Latches() {}

  /** Waits until the latch is open; fails when that takes too long. */
  public static void pass(CountDownLatch latch) {
    try {
      assertThat(latch.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
