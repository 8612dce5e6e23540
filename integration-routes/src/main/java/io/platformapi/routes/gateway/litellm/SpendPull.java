package io.platformapi.routes.gateway.litellm;

import io.platformapi.routes.message.SpendPage;
import io.platformapi.routes.message.SpendPullResult;
import io.platformapi.routes.port.SpendBook;
import io.platformapi.routes.support.RouteMeters;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the gateway's spend rows into our book, page by page, from where that was left.
 *
 * <p>Every page is stored before the next is asked for, so whatever a pull throws, the next one
 * takes up after what is stored. The memory needed does not depend on how much there is to read.
 */
public final class SpendPull {
  private static final Logger LOG = LoggerFactory.getLogger(SpendPull.class);

  private final LiteLlmSpend spend;
  private final SpendBook book;
  private final Timing timing;
  private final BooleanSupplier stopping;
  private final RouteMeters meters;
  private final Clock clock;

  /**
   * @param stopping whether to end after the page at hand
   */
  public SpendPull(
      LiteLlmSpend spend,
      SpendBook book,
      Timing timing,
      BooleanSupplier stopping,
      RouteMeters meters,
      Clock clock) {
    this.spend = spend;
    this.book = book;
    this.timing = timing;
    this.stopping = stopping;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Which rows are read when.
   *
   * @param settle how old a call must be: LiteLLM writes its rows in batches, a minute or so late
   * @param reachBack how far before the watermark is read again: a row is written when its call has
   *     ended and says when it started, so it comes up behind what was read
   */
  public record Timing(Duration settle, Duration reachBack) {
    /** 2 minutes and 15: nearly all calls. Who needs the others reads an old window once more. */
    public static final Timing USUAL = new Timing(Duration.ofMinutes(2), Duration.ofMinutes(15));

    public Timing {
      if (settle.isNegative() || reachBack.isNegative()) {
        throw new IllegalArgumentException("a pull of what has not been yet");
      }
    }
  }

  /**
   * Reads up to the youngest calls that have settled.
   *
   * @param teamId only this team's, or null for all
   * @param since nothing before it is read; where the first pull begins
   * @param requestId goes along as X-Request-Id, or null to make one for each call
   * @throws io.platformapi.routes.gateway.UpstreamException when the gateway does not answer well
   * @throws io.platformapi.routes.port.StoreUnavailableException when the book takes nothing now
   */
  public SpendPullResult pull(String teamId, Instant since, String requestId) {
    Instant reached = book.watermark(teamId).filter(left -> left.isAfter(since)).orElse(since);
    Instant back = reached.minus(timing.reachBack());
    Instant from = back.isAfter(since) ? back : since;
    Instant to = clock.instant().minus(timing.settle()).truncatedTo(ChronoUnit.SECONDS);
    SpendPages pages = spend.read(new SpendQuery(from, to, teamId, requestId));
    long rows = 0;
    long faults = 0;
    boolean complete = true;
    while (pages.hasNext()) {
      if (stopping.getAsBoolean()) {
        complete = false;
        break;
      }
      SpendPage page = pages.next();
      // What is read again must not take the watermark back.
      reached = page.watermark().isAfter(reached) ? page.watermark() : reached;
      book.store(teamId, new SpendPage(page.rows(), page.faults(), reached));
      rows += page.rows().size();
      faults += page.faults().size();
      meters.pulled("stored", page.rows().size());
      meters.pulled("unusable", page.faults().size());
    }
    meters.pulled("missing", pages.missing());
    if (faults > 0) {
      LOG.warn("{} rows of the spend log cannot be used", faults);
    }
    return new SpendPullResult(rows, faults, pages.missing(), reached, complete);
  }
}
