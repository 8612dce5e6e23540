package io.platformapi.routes.gateway.litellm;

import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.gateway.UpstreamException.Kind;
import io.platformapi.routes.message.SpendPage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the spend log page by page, window by window.
 *
 * <p>LiteLLM pages by offset, in an order that does not decide between equal start times, while
 * rows come and go: a page may repeat rows and may skip some. So a window is done only when as many
 * different rows were seen as the gateway counts in it; otherwise it is read again, in halves as
 * long as it can be halved. It is halved at once where the gateway has stopped counting. A row
 * comes out once, though windows overlap.
 *
 * <p>When {@link #next} throws, nothing is lost: the next call asks for the same page again. What
 * is held is one page and the ids of one window. Not for use by several threads.
 */
public final class SpendPages implements Iterator<SpendPage> {
  private static final Logger LOG = LoggerFactory.getLogger(SpendPages.class);
  private static final int MAX_PASSES = 10;
  // Every pass has its own size of pages, so that what stood at a border before does not again.
  private static final int SHIFT = 16;
  // So few rows in a window that the next may be twice as long.
  private static final long FEW = 2_000;

  private final LiteLlmSpend spend;
  private final SpendQuery query;
  private final SpendLimits limits;
  private final Instant end;

  private Instant watermark;
  private Duration length;
  private int pageSize;
  private Pass pass;
  private int passes;
  private long missing;

  /** Start times of rows that were given out and may come again. */
  private final Map<String, Instant> given = new HashMap<>();

  SpendPages(LiteLlmSpend spend, SpendQuery query, SpendLimits limits) {
    this.spend = spend;
    this.query = query;
    this.limits = limits;
    this.watermark = query.from().truncatedTo(ChronoUnit.SECONDS);
    Instant to = query.to().truncatedTo(ChronoUnit.SECONDS);
    this.end = to.equals(query.to()) ? to : to.plusSeconds(1);
    this.length = limits.firstWindow();
    this.pageSize = limits.pageSize();
  }

  /** One reading of a window from its first page to its last. */
  private static final class Pass {
    private final SpendWindow window;
    private final int pageSize;
    private final Set<String> seenEver;
    private final Set<String> seen = new HashSet<>();
    private int page = 1;
    private int nameless;
    private int fresh;
    private boolean news;

    Pass(SpendWindow window, int pageSize) {
      this(window, pageSize, new HashSet<>());
    }

    private Pass(SpendWindow window, int pageSize, Set<String> seenEver) {
      this.window = window;
      this.pageSize = pageSize;
      this.seenEver = seenEver;
    }

    /** The same window from its beginning; what was seen of it counts on. */
    Pass again(int otherPageSize) {
      return new Pass(window, otherPageSize, seenEver);
    }

    void saw(String requestId) {
      news |= seen.add(requestId);
      seenEver.add(requestId);
    }

    long rows() {
      return seenEver.size() + nameless;
    }
  }

  @Override
  public boolean hasNext() {
    return watermark.isBefore(end);
  }

  /**
   * Asks for the next page. It may hold no row, and some from shortly before the query's beginning.
   *
   * @throws UpstreamException when there is none now
   */
  @Override
  public SpendPage next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the spend log is read to its end");
    }
    while (true) {
      if (pass == null) {
        pass = new Pass(SpendWindow.after(watermark, length, limits.overlap(), end), pageSize);
      }
      SpendAnswer answer = ask();
      if (answer == null) {
        continue;
      }
      if (answer.capped() && !SpendWindow.isShortest(length)) {
        narrow();
        continue;
      }
      return take(answer);
    }
  }

  /**
   * Rows that the gateway counted but did not show in any of several readings of their windows, of
   * this reading so far.
   */
  public long missing() {
    return missing;
  }

  /** The page, or null when pages must be smaller. */
  private SpendAnswer ask() {
    try {
      return spend.page(query, pass.window, pass.page, pass.pageSize);
    } catch (UpstreamException e) {
      if (e.kind() != Kind.TOO_LARGE || pass.pageSize == 1) {
        throw e;
      }
      pageSize = pass.pageSize / 2;
      pass = null;
      return null;
    }
  }

  private SpendPage take(SpendAnswer answer) {
    SpendAnswer fresh = fresh(answer);
    pass.fresh += fresh.size();
    int fullPage = answer.pageSize() == 0 ? pass.pageSize : answer.pageSize();
    boolean last =
        !pass.news
            || answer.size() < fullPage
            || !answer.capped() && (long) pass.page * fullPage >= answer.total();
    if (!last) {
      pass.page++;
      pass.news = false;
    } else if (complete(answer)) {
      finish(answer.total());
    } else {
      again(answer.total());
    }
    return new SpendPage(fresh.rows(), fresh.faults(), watermark);
  }

  /** The answer without the rows that were given out already. */
  private SpendAnswer fresh(SpendAnswer answer) {
    return new SpendAnswer(
        answer.rows().stream().filter(row -> isFresh(row.requestId(), row.startTime())).toList(),
        answer.faults().stream()
            .filter(fault -> isFresh(fault.requestId(), pass.window.to()))
            .toList(),
        answer.total(),
        answer.pageSize(),
        answer.capped());
  }

  private boolean isFresh(String requestId, Instant start) {
    if (requestId == null) {
      pass.nameless++;
      pass.news = true;
      return true;
    }
    pass.saw(requestId);
    return given.putIfAbsent(requestId, start) == null;
  }

  /** Where the gateway has stopped counting, a whole reading must have brought nothing new. */
  private boolean complete(SpendAnswer answer) {
    return pass.rows() >= answer.total() && (!answer.capped() || passes > 0 && pass.fresh == 0);
  }

  private void again(long total) {
    if (!SpendWindow.isShortest(length)) {
      narrow();
      return;
    }
    if (++passes < MAX_PASSES) {
      pass = pass.again(Math.max(pageSize - passes * Math.max(pageSize / SHIFT, 1), 1));
      return;
    }
    long lost = Math.max(total - pass.rows(), 0);
    if (lost > 0) {
      missing += lost;
      LOG.warn(
          "the spend log counts {} rows from {} to {} and shows {}",
          total,
          pass.window.from(),
          pass.window.to(),
          pass.rows());
    }
    finish(total);
  }

  private void narrow() {
    length = SpendWindow.half(length);
    pass = null;
    passes = 0;
  }

  private void finish(long total) {
    watermark = pass.window.to();
    if (total < FEW && length.compareTo(limits.longestWindow()) < 0) {
      Duration twice = length.multipliedBy(2);
      length = twice.compareTo(limits.longestWindow()) > 0 ? limits.longestWindow() : twice;
    }
    Instant reachable = watermark.minus(limits.overlap());
    given.values().removeIf(start -> start.isBefore(reachable));
    pass = null;
    passes = 0;
  }
}
