package io.platformapi.service.quota;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.platformapi.service.http.Money;
import java.time.Instant;
import java.util.UUID;

/**
 * One posting on the wire: what a batch gave to an account, or took from the source of a scope, for
 * calls of one hour. The postings of a batch and scope sum to zero.
 *
 * @param source who told of the usage: {@code gateway}, {@code settlement}, or {@code
 *     reconciliation:} and the id of the run
 * @param bucket the UTC hour in which the calls started
 */
public record LedgerEntry(
    UUID batchId,
    Instant postedAt,
    String source,
    Account account,
    Instant bucket,
    Posted amounts,
    @JsonIgnore long accountId) {

  /**
   * @param key empty for the source of the scope
   * @param label name for people, or null
   */
  public record Account(String scope, String key, String label) {}

  /** Negative where the source gives. */
  public record Posted(
      long inputTokens,
      long outputTokens,
      long cachedInputTokens,
      long cachedOutputTokens,
      long requestsSucceeded,
      long requestsFailed,
      long requestsCached,
      Money cost,
      long storageBytes,
      long seats) {}
}
