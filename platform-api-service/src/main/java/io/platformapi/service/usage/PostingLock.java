package io.platformapi.service.usage;

/**
 * The advisory lock of a tenant's database that tells who goes by the tenant's quotas: every
 * transaction that posts usage or decides by quotas shares it, first of all locks, and one that
 * changes the quotas has it alone. So whoever has it and has then read the quotas' version knows
 * that they stay as they are, and that all usage posted before by others knew of them.
 */
public final class PostingLock {
  private static final long KEY = 0x71756f74_61736574L; // "quotaset"

  /**
   * Takes it beside others, until the transaction ends. Until then statements keep one plan, which
   * reads no table as a whole: planning anew took longer than running, and the first plans are made
   * when a tenant's tables are empty, and kept while they grow. A plan that has no other way looks
   * so dear then that PostgreSQL would compile it, which takes far longer than running it.
   */
  public static final String SHARE =
      "SELECT pg_advisory_xact_lock_shared("
          + KEY
          + "), set_config('enable_seqscan', 'off', true)"
          + ", set_config('jit', 'off', true)"
          + ", set_config('plan_cache_mode', 'force_generic_plan', true)";

  /** Takes it alone, until the transaction ends. */
  public static final String ALONE = "SELECT pg_advisory_xact_lock(" + KEY + ")";

  private PostingLock() {}
}
