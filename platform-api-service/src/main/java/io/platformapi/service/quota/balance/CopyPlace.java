package io.platformapi.service.quota.balance;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Up to where a tenant's database has told a copy what has changed.
 *
 * @param text as it stands in the copy, empty when nothing does
 * @param epoch empty when there is no such place
 * @param at milliseconds on the clock of the copy, before {@code seen} was taken
 * @param seen the last snapshot
 * @param asked milliseconds on that clock, when this was read
 * @param believed whether the copy is believed now
 */
public record CopyPlace(
    String text, String epoch, long at, BalanceNews.Seen seen, long asked, boolean believed) {
  private static final Pattern TEXT =
      Pattern.compile(
          "(\\w{1,40})\\|(\\d{1,18})\\|[\\w-]{1,80}\\|([^|]*)\\|(\\d{1,18}:\\d[\\d:,]*)");

  static CopyPlace read(String text, long asked, boolean believed) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return new CopyPlace(text, "", 0, BalanceNews.Seen.NOTHING, asked, false);
    }
    return new CopyPlace(
        text,
        parts.group(1),
        Long.parseLong(parts.group(2)),
        new BalanceNews.Seen(parts.group(3), parts.group(4)),
        asked,
        believed);
  }

  /**
   * @param turn of who comes to it, which no other has
   */
  static String text(String epoch, long at, String turn, BalanceNews.Seen seen) {
    return epoch + "|" + at + "|" + turn + "|" + seen.server() + "|" + seen.snapshot();
  }

  /** The same place, with another turn: nobody else goes on from the one before. */
  String taken(String turn) {
    return text(epoch, at, turn, seen);
  }

  /** For how long nothing has been told. */
  public Duration age() {
    return Duration.ofMillis(Math.max(0, asked - at));
  }
}
