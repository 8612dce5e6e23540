package io.platformapi.routes.ingestion;

import java.util.Locale;

/** Why an event can never be posted. */
public enum RejectReason {
  /** Not JSON, cut short, nested too deep, or followed by something else. */
  MALFORMED_JSON,
  /** JSON, but an object was expected. */
  NOT_AN_OBJECT,
  /** An envelope type that this topic does not carry, or neither envelope nor usage record. */
  UNKNOWN_TYPE,
  /** A field that identifies the event is absent, null or empty. */
  MISSING_FIELD,
  /** A field that decides over posting has the wrong JSON type. */
  WRONG_TYPE,
  /** Status is neither success nor failure. */
  INVALID_STATUS,
  /** Tokens or cost below zero. */
  NEGATIVE_AMOUNT,
  /** Tokens or cost beyond any real call, or not a number. */
  ABSURD_AMOUNT,
  /** A time that cannot be read or lies outside of [2020, 2100). */
  INVALID_TIME,
  /** No tenant is registered for the call's team, organization or key. */
  UNKNOWN_TENANT,
  /** The event names another tenant than the one its key belongs to. */
  TENANT_MISMATCH,
  /** Larger than an event may be. */
  OVERSIZE,
  /** The tenant's database refuses the record. */
  REJECTED_BY_STORE;

  /** The reason as it stands in headers and meters, e.g. {@code malformed_json}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
