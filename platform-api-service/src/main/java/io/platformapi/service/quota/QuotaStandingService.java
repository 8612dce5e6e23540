package io.platformapi.service.quota;

import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.engine.QuotaState;
import io.platformapi.service.quota.reservation.Standings;
import io.platformapi.service.usage.LedgerTenants;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** Tells how a limit stands for everybody whom it counts. */
final class QuotaStandingService {
  static final String LIST = "quota-usage";

  private final Standings standings;
  private final LedgerTenants tenants;

  QuotaStandingService(Standings standings, LedgerTenants tenants) {
    this.standings = standings;
    this.tenants = tenants;
  }

  /**
   * Those who have used or held anything of it in its present window, in the order of their names.
   *
   * @throws ResourceNotFoundException when there is no such quota
   */
  Page<QuotaStanding> list(String tenantId, UUID quotaId, PageRequest page) {
    String currency = tenants.get(tenantId).currency();
    List<QuotaState> states =
        standings
            .of(
                tenantId,
                quotaId,
                page.after().map(QuotaStandingService::subject).orElse(""),
                page.rowsToRead())
            .orElseThrow(() -> new ResourceNotFoundException("quota"));
    return Page.of(states, page, QuotaStandingService::cursor)
        .map(
            state ->
                new QuotaStanding(
                    QuotaAlert.subject(
                        state.quota().selector().each(), state.balance().key().subject()),
                    QuotaLevel.of(state, currency)));
  }

  // Names can hold what a cursor's values must not, such as control characters.
  private static Cursor cursor(QuotaState state) {
    byte[] subject = state.balance().key().subject().getBytes(StandardCharsets.UTF_8);
    return Cursor.of(LIST, Base64.getUrlEncoder().withoutPadding().encodeToString(subject));
  }

  private static String subject(Cursor cursor) {
    try {
      String subject =
          new String(Base64.getUrlDecoder().decode(cursor.text(0)), StandardCharsets.UTF_8);
      if (subject.indexOf('\0') < 0) {
        return subject;
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw new ValidationException("cursor", "is not a cursor of this list");
  }
}
