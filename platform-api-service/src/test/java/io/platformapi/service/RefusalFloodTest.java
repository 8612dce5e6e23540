package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TestDatabases;
import org.junit.jupiter.api.Test;

/** Whoever knocks at every door leaves a trace of each attempt, and does not fill the disk. */
class RefusalFloodTest {
  private static final int ATTEMPTS = 700;

  @Test
  void everyAttemptIsARowOrCountedInOne() throws Exception {
    String admin;
    try (PlatformUnderTest platform = PlatformUnderTest.start()) {
      String url = platform.settings().adminDatabaseUrl();
      admin = url.substring(url.lastIndexOf('/') + 1);
      PlatformClient nobody = platform.client("ey.forged.token");
      for (int i = 0; i < ATTEMPTS; i++) {
        nobody.get("/v1/quotas?attempt=" + i).mustBe(401);
        platform
            .anybody()
            .post("/v1/auth/callback", "{\"code\":\"c\",\"state\":\"made-up\"}")
            .mustBe(401);
      }
    }
    for (String action : new String[] {"access.refused", "session.sign_in_refused"}) {
      String of = " FROM audit_events WHERE actor = 'anonymous' AND action = '" + action + "'";
      assertThat(number(admin, "SELECT sum(coalesce((details->>'times')::int, 1))" + of))
          .as(action)
          .isEqualTo(ATTEMPTS);
      assertThat(number(admin, "SELECT count(*)" + of)).as(action).isLessThan(ATTEMPTS);
    }
  }

  private static int number(String admin, String query) {
    return Integer.parseInt(TestDatabases.single(admin, query));
  }
}
