package io.platformapi.service.quota;

import io.platformapi.service.http.WireNames;
import java.util.Locale;

/** Who says what a quota is. */
enum QuotaOrigin {
  /** The tenant, within the bounds of its plan. */
  TENANT,
  /** The tenant's plan. */
  PLAN,
  /** The platform for this tenant, beyond the bounds of its plan. */
  PLATFORM;

  static final WireNames<QuotaOrigin> NAMES = new WireNames<>(values(), QuotaOrigin::wire);

  /** Name on the wire and in the database. */
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
