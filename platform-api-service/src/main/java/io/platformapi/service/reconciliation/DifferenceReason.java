package io.platformapi.service.reconciliation;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** Why a difference is what it is. */
public enum DifferenceReason {
  /** No event of the call has come. */
  NO_EVENT("the gateway counted the call and no event of it has come"),
  /** Only the caller has told of the call; the gateway's word takes the place of that. */
  SETTLED_BY_CALLER("the caller settled the call and no event of it has come"),
  /** No row of the call is in the gateway's spend log. */
  NO_ROW("the event has come and the gateway's spend log has no row of the call"),
  /** A stream that broke: it cost money, and the gateway writes no row of it. */
  FAILED_WITH_COST(
      "the call failed after it had cost money; the gateway writes no row of such calls"),
  /** Two events of one call. */
  COUNTED_TWICE("the ledger has a second event of the same call"),
  /** Two calls shared an id, and the gateway keeps one row of each id. */
  SKIPPED_REPEATED_ID("the gateway skipped the call because another one had the same id"),
  /** Two rows of one call. */
  GATEWAY_COUNTED_TWICE("the gateway's spend log has a second row of the same call"),
  TOKENS_DIFFER("the sides count different tokens"),
  COST_DIFFERS("the tokens agree and the cost does not"),
  KEY_NEVER_SEEN("the ledger has never seen the call's key"),
  KEY_DIFFERS("the sides name different keys"),
  /** An earlier run had posted the call, and now it is there twice. */
  CAME_AFTER_POSTING("the event came after the call had been posted by a reconciliation"),
  /** An earlier run had named the call missing without posting it. */
  CAME_AFTER_REPORT("the event came after the call had been reported as missing"),
  CLOCKS_DIFFER("the sides put the start of the call more than a second apart"),
  ACROSS_THE_EDGE("the sides put the call on different sides of the window's edge");

  public static final WireNames<DifferenceReason> NAMES =
      new WireNames<>(values(), DifferenceReason::wire);

  private final String text;

  DifferenceReason(String text) {
    this.text = text;
  }

  /** In words, for people. */
  public String text() {
    return text;
  }

  /** Name on the wire and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
