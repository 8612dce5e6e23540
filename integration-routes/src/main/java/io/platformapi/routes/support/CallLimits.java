package io.platformapi.routes.support;

import java.math.BigDecimal;

/** What no real LLM call exceeds. */
public final class CallLimits {
  public static final long MAX_TOKENS = 1_000_000_000L;

  /** In units of the currency; no LLM call has ever cost this much. */
  public static final BigDecimal MAX_COST = new BigDecimal(1_000_000);

  private CallLimits() {}
}
