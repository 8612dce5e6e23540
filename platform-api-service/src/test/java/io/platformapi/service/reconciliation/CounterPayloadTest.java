package io.platformapi.service.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.reconciliation.ToldCounter.Window;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CounterPayloadTest {
  private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");
  private static final String COST = "'usage':{'cost':{'amount':'1.500000000','currency':'USD'}}";

  @Test
  void whatARunHasAskedForIsReadAsItWas() {
    CounterReading.Spend spend =
        new CounterReading.Spend("team", "t", 1_234_567_891L, AT.minusSeconds(9), AT, null);
    assertThat(read(CounterPayload.write("acme", spend, "USD")))
        .containsExactly(
            new ToldCounter(
                "team",
                "t",
                CounterDimension.COST,
                1_234_567_891L,
                AT,
                new Window(AT.minusSeconds(9), AT, null)));
  }

  @ParameterizedTest
  @CsvSource({
    "key, token, api_key",
    "team, team_id, team",
    "organization, organization_id, organization"
  })
  void anAlertIsOfWhomItsGroupSays(String group, String field, String scope) {
    String alert =
        "{%s,'alert':{'event_group':'%s','token':'x','team_id':'x','organization_id':'x','%s':'its'}}";
    // The last of two fields of one name counts.
    assertThat(read(json(alert.formatted(COST, group, field))))
        .containsExactly(
            new ToldCounter(scope, "its", CounterDimension.COST, 1_500_000_000L, AT, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "7",
        "nothing",
        "{}",
        "{'usage':7}",
        "{'usage':{'cost':{'amount':'-1'}}}",
        "{'usage':{'cost':{'amount':'1e999999999'}}}",
        "{'usage':{'cost':{'amount':1e400}}}",
        "{'usage':{'cost':{'amount':'x'}},'counter':{'scope':'team','id':'t'}}",
        "{'usage':{'cost':{'amount':'1'}},'counter':{'scope':7,'id':'t'}}",
        "{'usage':{'cost':{'amount':'1'}},'alert':{'event_group':'user','user_id':'u'}}",
        "{'usage':{'cost':{'amount':'1'}},'alert':{'event_group':'key'}}",
        "{'usage':{'inputTokens':-1,'outputTokens':1.5,'requests':99999999999999999999}}"
      })
  void whatIsNoCounterIsNone(String payload) {
    assertThat(read(json(payload))).isEmpty();
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static List<ToldCounter> read(String payload) {
    return CounterPayload.read("acme", AT, payload);
  }
}
