package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TenantRows;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quotas of every dimension, scope and window, as callers write and read them. */
class QuotaDefinitionsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PATH = "/v1/quotas";

  private static PlatformUnderTest platform;
  private static PlatformClient client;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    platform.createTenant("acme");
    client = platform.clientOf("acme");
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "{'type':'tenant'} | {'type':'tenant','id':null}",
        "{'type':'team','id':'x'} | {'type':'team','id':'x'}",
        "{'team':'x'} | {'type':'team','id':'x'}",
        "{'user':'*'} | {'type':'user','id':'*'}",
        "{'model':'*','team':'x'} | {'team':'x','model':'*'}",
        "{'team':'t','user':'u','end_user':'e','api_key':'k','provider':'p','model':'m'} |"
            + " {'team':'t','user':'u','end_user':'e','api_key':'k','provider':'p','model':'m'}"
      })
  void scopes(String given, String read) {
    JsonNode item = put("{'dimension':'requests','window':'day','limit':5,'scope':" + given + "}");
    assertThat(item.get("scope")).isEqualTo(json(read));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "'minute' | 'minute'",
        "'week' | 'week'",
        "{'kind':'month'} | 'month'",
        "{'kind':'month','timeZone':'UTC','anchorDay':1,'anchorHour':0} | 'month'",
        "{'kind':'month','timeZone':'Europe/Berlin','anchorDay':15} |"
            + " {'kind':'month','timeZone':'Europe/Berlin','anchorHour':0,'anchorDay':15}",
        "{'kind':'week','anchorDay':7,'anchorHour':6} |"
            + " {'kind':'week','timeZone':'UTC','anchorHour':6,'anchorDay':7}",
        "{'kind':'day','timeZone':'Asia/Kolkata'} |"
            + " {'kind':'day','timeZone':'Asia/Kolkata','anchorHour':0}",
        "{'kind':'rolling','length':'P1D'} | {'kind':'rolling','length':'PT24H'}",
        "'lifetime' | 'lifetime'"
      })
  void windows(String given, String read) {
    JsonNode item = put("{'dimension':'requests','limit':5,'window':" + given + "}");
    assertThat(item.get("window")).isEqualTo(json(read));
  }

  @Test
  void everythingElseAboutAQuota() {
    JsonNode item =
        put(
            "{'dimension':'storage_bytes','window':'lifetime','limit':9000000000000000000,"
                + "'mode':'warn','thresholds':[95,50],'priority':7,'description':'disk ☂'}");
    assertThat(item.get("thresholds")).hasToString("[50,95]");
    assertThat(item.get("priority").intValue()).isEqualTo(7);
    assertThat(item.get("description").asText()).isEqualTo("disk ☂");
    assertThat(item.get("limit").longValue()).isEqualTo(9_000_000_000_000_000_000L);
    JsonNode plain = put("{'dimension':'seats','window':'lifetime','limit':3}");
    assertThat(plain.get("thresholds")).isEmpty();
    assertThat(plain.get("priority").intValue()).isEqualTo(100);
    assertThat(plain.get("mode").asText()).isEqualTo("enforce");
  }

  @Test
  void aQuotaKeepsItsIdAsLongAsDimensionScopeAndWindowStay() {
    String base =
        "{'dimension':'requests','scope':{'team':'x','model':'*'},'limit':%s,'window':%s}";
    String day = "{'kind':'day','timeZone':'Europe/Berlin'}";
    String id = put(base.formatted("5", day)).get("id").asText();
    assertThat(put(base.formatted("6", day)).get("id").asText()).isEqualTo(id);
    assertThat(put(base.formatted("6", "'day'")).get("id").asText()).isNotEqualTo(id);
    assertThat(
            put(base.formatted("6", "{'kind':'day','timeZone':'Europe/Paris'}")).get("id").asText())
        .isNotEqualTo(id);
  }

  @Test
  void theFailModeIsAPartOfTheSet() {
    assertThat(set("{'items':[]}").mustBe(200).json().get("failMode").asText()).isEqualTo("closed");
    Answer open = set("{'failMode':'open','items':[]}").mustBe(200);
    assertThat(open.json().get("failMode").asText()).isEqualTo("open");
    Answer read = client.get(PATH).mustBe(200);
    assertThat(read.json()).isEqualTo(open.json());
    assertThat(read.header("ETag")).isEqualTo(open.header("ETag"));
    assertThat(set("{'items':[]}").mustBe(200).header("ETag")).isNotEqualTo(open.header("ETag"));
  }

  @Test
  void theAuditTellsWhatChangedAndNoMore() {
    String kept = "{'dimension':'requests','window':'hour','limit':5}";
    String before = "{'dimension':'requests','window':'day','limit':%d}";
    put(
        kept,
        before.formatted(1),
        "{'dimension':'cost','window':'day','limit':%s}".formatted(usd()));
    put(kept, before.formatted(2), "{'dimension':'seats','window':'lifetime','limit':1}");
    JsonNode told =
        json(
            new TenantRows(platform.settings(), "acme")
                .single("SELECT details FROM audit_events ORDER BY id DESC LIMIT 1"));
    assertThat(told.get("removed")).hasSize(1);
    assertThat(told.at("/removed/0/dimension").asText()).isEqualTo("cost");
    assertThat(told.get("added")).hasSize(1);
    assertThat(told.at("/added/0/dimension").asText()).isEqualTo("seats");
    assertThat(told.get("changed")).hasSize(1);
    assertThat(told.at("/changed/0/before/limit").intValue()).isEqualTo(1);
    assertThat(told.at("/changed/0/after/limit").intValue()).isEqualTo(2);
  }

  @Test
  void everyBrokenRuleIsNamedWithItsPlace() {
    Map<String, String> wrong = new HashMap<>();
    wrong.put("'scope':{}", "scope");
    wrong.put("'scope':'team'", "scope");
    wrong.put("'scope':{'type':'team','id':'x','model':'y'}", "scope.model");
    wrong.put("'scope':{'id':'x'}", "scope.type");
    wrong.put("'scope':{'tenant':'x'}", "scope.tenant");
    wrong.put("'scope':{'planet':'x'}", "scope.planet");
    wrong.put("'scope':{'team':5}", "scope.team");
    wrong.put("'scope':{'team':''}", "scope.team");
    wrong.put("'scope':{'team':'a\\u001fb'}", "scope.team");
    wrong.put("'scope':{'team':'\\ud800'}", "scope.team");
    wrong.put("'scope':{'team':'" + "x".repeat(513) + "'}", "scope.team");
    wrong.put(
        "'scope':{'team':'%1$s','user':'%1$s','model':'%1$s'}".formatted("x".repeat(512)), "scope");
    wrong.put("'window':'rolling'", "window");
    wrong.put("'window':5", "window");
    wrong.put("'window':null", "window");
    wrong.put("'window':{'kind':'year'}", "window.kind");
    wrong.put("'window':{'kind':'day','anchor':1}", "window.anchor");
    wrong.put("'window':{'kind':'hour','timeZone':'Europe/Berlin'}", "window.timeZone");
    wrong.put("'window':{'kind':'day','timeZone':'+02:00'}", "window.timeZone");
    wrong.put("'window':{'kind':'day','timeZone':'Mars/Base'}", "window.timeZone");
    wrong.put("'window':{'kind':'day','anchorHour':24}", "window.anchorHour");
    wrong.put("'window':{'kind':'minute','anchorHour':1}", "window.anchorHour");
    wrong.put("'window':{'kind':'day','anchorDay':1}", "window.anchorDay");
    wrong.put("'window':{'kind':'week','anchorDay':8}", "window.anchorDay");
    wrong.put("'window':{'kind':'month','anchorDay':29}", "window.anchorDay");
    wrong.put("'window':{'kind':'month','anchorDay':1.5}", "window.anchorDay");
    wrong.put("'window':{'kind':'day','length':'P1D'}", "window.length");
    wrong.put("'window':{'kind':'rolling'}", "window.length");
    wrong.put("'window':{'kind':'rolling','length':'PT59S'}", "window.length");
    wrong.put("'window':{'kind':'rolling','length':'P32D'}", "window.length");
    wrong.put("'window':{'kind':'rolling','length':'PT90.5S'}", "window.length");
    wrong.put("'window':{'kind':'rolling','length':'a day'}", "window.length");
    wrong.put("'thresholds':[0]", "thresholds");
    wrong.put("'thresholds':[101]", "thresholds");
    wrong.put("'thresholds':[50,50]", "thresholds");
    wrong.put("'thresholds':[1,2,3,4,5,6,7,8,9]", "thresholds");
    wrong.put("'thresholds':[null]", "thresholds");
    wrong.put("'priority':-1", "priority");
    wrong.put("'priority':1001", "priority");
    wrong.put("'description':'two\\nlines'", "description");
    wrong.put("'description':'" + "x".repeat(501) + "'", "description");
    wrong.put("'dimension':'seats'", "window");
    wrong.put("'mode':'maybe'", "mode");
    wrong.put("'limit':9223372036854775808", "limit");
    wrong.forEach(
        (field, path) -> {
          Map<String, String> fields =
              new HashMap<>(Map.of("dimension", "'requests'", "window", "'day'", "limit", "5"));
          String name = field.substring(1, field.indexOf('\'', 1));
          fields.put(name, field.substring(field.indexOf(':') + 1));
          StringBuilder item = new StringBuilder();
          fields.forEach((key, value) -> item.append(",'" + key + "':" + value));
          Answer refused = set("{'items':[{" + item.substring(1) + "}]}").mustBe(422);
          assertThat(refused.errorCode()).isEqualTo("validation_failed");
          assertThat(refused.fields()).as(field).containsExactly("items[0]." + path);
        });
    assertThat(set("{'failMode':'ajar','items':[]}").mustBe(422).fields())
        .containsExactly("failMode");
    assertThat(
            set("{'items':[{'dimension':'requests','scope':{'team':'x'},'window':'day','limit':1},"
                    + "{'dimension':'requests','scope':{'type':'team','id':'x'},"
                    + "'window':{'kind':'day'},'limit':2}]}")
                .mustBe(422)
                .fields())
        .containsExactly("items[1]");
  }

  private static String usd() {
    return "{'amount':'1','currency':'USD'}";
  }

  private static JsonNode put(String... items) {
    JsonNode answered = set("{'items':[" + String.join(",", items) + "]}").mustBe(200).json();
    assertThat(client.get(PATH).mustBe(200).json()).isEqualTo(answered);
    // What was read can be sent back as it is.
    assertThat(
            client
                .put(PATH, "{\"items\":" + answered.get("items") + "}")
                .mustBe(200)
                .json()
                .get("items"))
        .isEqualTo(answered.get("items"));
    return List.copyOf(
            answered.findParents("dimension").stream()
                .filter(item -> item.get("id") != null)
                .toList())
        .get(0);
  }

  private static Answer set(String body) {
    return client.put(PATH, quoted(body));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(quoted(text));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static String quoted(String text) {
    return text.replace('\'', '"');
  }
}
