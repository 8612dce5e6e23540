package io.platformapi.routes.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.platformapi.routes.message.UsageRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {
  private static final String COMPACT =
      "{'callId':'c','id':'i','status':'success','startTime':1795426212.35838,'tenantId':'acme',"
          + "'teamId':'team_acme','inputTokens':7,'outputTokens':5,'totalTokens':12,'cost':0.5}";
  private static final String WHOLE =
      "{'litellm_call_id':'c','id':'i','status':'success','startTime':1795426212.35838,"
          + "'prompt_tokens':7,'completion_tokens':5,'total_tokens':12,'response_cost':0.5,"
          + "'metadata':{'user_api_key_team_id':'team_acme'}}";

  private final EventReader reader = new EventReader(UsageJson.factory());

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "                                     | malformed_json",
        "{                                    | malformed_json",
        "{'callId':'c'                        | malformed_json",
        "{} {}                                | malformed_json",
        "nonsense                             | malformed_json",
        "[]                                   | not_an_object",
        "12                                   | not_an_object",
        "null                                 | not_an_object",
        "{}                                   | unknown_type",
        "{'type':'tenant.created','payload':{}}   | unknown_type",
        "{'type':7,'payload':{}}              | unknown_type",
        "{'type':'usage.recorded'}            | missing_field",
        "{'type':'usage.recorded','payload':null} | missing_field",
        "{'type':'usage.recorded','payload':[]}   | not_an_object",
        "{'type':'usage.recorded','payload':'x'}  | not_an_object",
        "{'type':'usage.recorded','payload':{}}   | missing_field",
        "{'type':'quota.updated','payload':{}}    | missing_field",
        "{'type':'quota.updated','tenantId':'acme','payload':{}} | missing_field",
        "{'type':'quota.updated','tenantId':'acme','occurredAt':'x','payload':{}} | invalid_time",
        "{'type':'quota.updated','tenantId':'acme','payload':{'tenantId':'b'}} | tenant_mismatch",
        "{'type':'quota.updated','tenantId':7,'payload':{}} | wrong_type",
      })
  void whatIsNoEventIsRejected(String json, String reason) {
    assertThat(rejection(json == null ? "" : json)).isEqualTo(reason);
  }

  @ParameterizedTest(name = "{0} = {1} -> {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "callId       | null          | missing_field",
        "callId       | ''            | missing_field",
        "callId       | 7             | wrong_type",
        "id           | null          | missing_field",
        "id           | ''            | missing_field",
        "id           | {}            | wrong_type",
        "status       | null          | missing_field",
        "status       | 'pending'     | invalid_status",
        "status       | 'SUCCESS'     | invalid_status",
        "status       | 1             | invalid_status",
        "startTime    | null          | missing_field",
        "startTime    | 0             | invalid_time",
        "startTime    | -1795426212   | invalid_time",
        "startTime    | 1577836799.99 | invalid_time",
        "startTime    | 4102444800    | invalid_time",
        "startTime    | 1e99          | invalid_time",
        "startTime    | 1e999999999   | invalid_time",
        "startTime    | 1e-999999999  | invalid_time",
        "startTime    | NaN           | invalid_time",
        "startTime    | 'yesterday'   | invalid_time",
        "startTime    | true          | wrong_type",
        "startTime    | []            | wrong_type",
        "endTime      | 'x'           | invalid_time",
        "endTime      | {}            | wrong_type",
        "teamId       | 7             | wrong_type",
        "organizationId | []          | wrong_type",
        "authTenantId | true          | wrong_type",
        "tenantId     | 7             | wrong_type",
        "tenantId     | {}            | wrong_type",
        "cacheHit     | 'maybe'       | wrong_type",
        "cacheHit     | 1             | wrong_type",
        "stream       | {}            | wrong_type",
        "inputTokens  | -1            | negative_amount",
        "inputTokens  | -1.0          | negative_amount",
        "inputTokens  | 1000000001    | absurd_amount",
        "inputTokens  | 99999999999999999999 | absurd_amount",
        "inputTokens  | 1e999999999   | absurd_amount",
        "inputTokens  | 1e99999999999 | absurd_amount",
        "inputTokens  | NaN           | absurd_amount",
        "inputTokens  | 1.5           | wrong_type",
        "inputTokens  | 1e-9          | wrong_type",
        "inputTokens  | '7'           | wrong_type",
        "inputTokens  | true          | wrong_type",
        "inputTokens  | {}            | wrong_type",
        "outputTokens | -7            | negative_amount",
        "totalTokens  | 2000000001    | absurd_amount",
        "cost         | -0.000000001  | negative_amount",
        "cost         | 1000000.000000001 | absurd_amount",
        "cost         | 1e999999999   | absurd_amount",
        "cost         | Infinity      | absurd_amount",
        "cost         | NaN           | absurd_amount",
        "cost         | 'x'           | wrong_type",
        "cost         | ''            | wrong_type",
        "cost         | false         | wrong_type",
        "cost         | [1]           | wrong_type",
      })
  void aFieldThatDecidesOverPostingIsRejectedWhenItIsWrong(
      String field, String value, String reason) {
    assertThat(rejection(with(field, value))).isEqualTo(reason);
  }

  @Test
  void anOversizeRecordIsRejected() {
    byte[] large = new byte[EventReader.MAX_BYTES + 1];

    RejectedException e = catchThrowableOfType(RejectedException.class, () -> reader.read(large));

    assertThat(e.rejection().reason()).isEqualTo(RejectReason.OVERSIZE);
  }

  @Test
  void aRecordWithoutValueIsRejected() {
    assertThatThrownBy(() -> reader.read(null)).isInstanceOf(RejectedException.class);
  }

  @Test
  void endlessNestingIsRejectedAndDoesNotCrash() {
    String deep = "{'x':" + "[".repeat(100_000);

    assertThat(rejection(deep)).isEqualTo("malformed_json");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "0.00037079999999999996, 370800",
    "0.0000000005, 0",
    "0.0000000015, 2",
    "0.0000000025, 2",
    "0.00000000250000000001, 3",
    "3.3e-07, 330",
    "1e-10, 0",
    "1e-999999999, 0",
    "0e999999999, 0",
    "0, 0",
    "-0.0, 0",
    "1e6, 1000000000000000",
    "1000000, 1000000000000000",
    "null, 0",
  })
  void costIsReadExactlyAndRoundedHalfEvenOnce(String cost, long nanos) throws Exception {
    assertThat(usage(with("cost", cost)).costNanos()).isEqualTo(nanos);
  }

  @Test
  void theCompactRecordMayCarryCostAsADecimalStringAndLiteLlmsPayloadMayNot() throws Exception {
    assertThat(usage(with("cost", "'0.25'")).costNanos()).isEqualTo(250_000_000);
    assertThat(rejection(WHOLE.replace("0.5", "'0.5'"))).isEqualTo("wrong_type");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "12, 12",
    "12.0, 12",
    "1.2e1, 12",
    "null, 0",
    "0, 0",
    "-0, 0",
    "1000000000, 1000000000",
    "1e9, 1000000000",
  })
  void tokensAreIntegersHoweverTheyAreWritten(String tokens, long expected) throws Exception {
    assertThat(usage(with("inputTokens", tokens)).inputTokens()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1795426212.3583809",
        "'2026-11-23T10:10:12.3583809+00:30'",
        "1795426212358380.9e-6"
      })
  void timesAreCutToMicroseconds(String time) throws Exception {
    UsageRecord usage = usage(with("startTime", time));

    assertThat(usage.startedAt().toString()).endsWith(".358380Z");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({"true, true", "'''True''', true", "false, false", "'''None''', false", "null, false"})
  void cacheHitIsABooleanOrPythonsTextOfOne(String value, boolean expected) throws Exception {
    assertThat(usage(with("cacheHit", value)).cacheHit()).isEqualTo(expected);
  }

  @Test
  void whatIsOnlyShownIsNeverAReasonToReject() throws Exception {
    String nasty = "\\u0000x\\ud800" + "y".repeat(5_000);
    UsageRecord one = usage(with("endUser", "'" + nasty + "1'"));
    UsageRecord two = usage(with("endUser", "'" + nasty + "2'"));

    assertThat(one.endUser()).hasSize(256).startsWith("\uFFFDx\uFFFDy").isNotEqualTo(two.endUser());
    assertThat(usage(with("endUser", "42")).endUser()).isEqualTo("42");
    assertThat(usage(with("model", "{'a':[1]}")).model()).isNull();
    assertThat(usage(with("keyAlias", "''")).keyAlias()).isNull();
    assertThat(usage(with("endUser", "'\uD83D\uDE00'")).endUser()).isEqualTo("\uD83D\uDE00");
  }

  @Test
  void identityComesFromTheTextsAsWritten() throws Exception {
    UsageRecord one = usage(COMPACT);

    assertThat(usage(WHOLE).eventId()).isEqualTo(one.eventId());
    assertThat(usage(with("startTime", "1795426212.358380")).eventId()).isNotEqualTo(one.eventId());
    assertThat(usage(with("status", "'failure'")).eventId()).isNotEqualTo(one.eventId());
    String left = COMPACT.replace("'callId':'c','id':'i'", "'callId':'ci','id':'x'");
    String right = COMPACT.replace("'callId':'c','id':'i'", "'callId':'c','id':'ix'");
    assertThat(usage(left).eventId()).isNotEqualTo(usage(right).eventId());
    assertThat(usage(with("id", "'a\\u0000'")).eventId())
        .isNotEqualTo(usage(with("id", "'a\\ufffd'")).eventId());
  }

  @Test
  void ofARepeatedNameTheLastCounts() throws Exception {
    String twice = WHOLE.replace("'metadata'", "'metadata':{'user_api_key_org_id':'o'},'metadata'");
    IngestEvent.Usage usage = (IngestEvent.Usage) read(twice);

    assertThat(usage.owner().organizationId()).isNull();
    assertThat(usage.owner().teamId()).isEqualTo("team_acme");
    assertThat(usage(COMPACT.replace("'cost'", "'cost':9,'cost'")).costNanos())
        .isEqualTo(500_000_000);
  }

  @Test
  void inLiteLlmsPayloadOurOwnNamesMeanNothing() throws Exception {
    String forged =
        WHOLE.replace("{'litellm_call_id'", "{'teamId':'other','cost':0,'litellm_call_id'");
    IngestEvent.Usage usage =
        (IngestEvent.Usage) read("{'type':'usage.recorded','payload':" + forged + "}");

    assertThat(usage.owner().teamId()).isEqualTo("team_acme");
    assertThat(usage.usage().costNanos()).isEqualTo(500_000_000);
    assertThat(usage.ownerDecides()).isTrue();
  }

  @Test
  void theEnvelopesFieldsMayComeInAnyOrder() throws Exception {
    String before = "{'type':'usage.recorded','tenantId':'acme','payload':" + COMPACT + "}";
    String after = "{'payload':" + COMPACT + ",'tenantId':'acme','type':'usage.recorded'}";

    assertThat(read(after)).isEqualTo(read(before));
  }

  @Test
  void aQuotaSnapshotKeepsItsPayloadAsReceived() throws Exception {
    String payload = "{'tenantId': 'acme',  'usage': {'spend': 1.50}, 'budget': null}";
    IngestEvent.Snapshot snapshot =
        (IngestEvent.Snapshot)
            read(
                "{'eventId':'e','type':'quota.updated','occurredAt':'2026-11-23T10:00:00Z',"
                    + "'payload':"
                    + payload
                    + "}");

    assertThat(snapshot.claimedTenant()).isEqualTo("acme");
    assertThat(snapshot.snapshot().eventId()).isEqualTo("e");
    assertThat(snapshot.snapshot().occurredAt()).isEqualTo(Instant.parse("2026-11-23T10:00:00Z"));
    assertThat(snapshot.snapshot().payload()).isEqualTo(payload.replace('\'', '"'));
  }

  @Test
  void mutatedEventsAreReadOrRejectedAndNothingElse() {
    Random random = new Random(20_261_123);
    var events = Recordings.events();
    int rejected = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] event = mutated(events.get(random.nextInt(events.size())), random);
      try {
        reader.read(event);
      } catch (RejectedException e) {
        rejected++;
      }
    }
    assertThat(rejected).isBetween(1_000, 19_000);
  }

  @Test
  void namesThatACallerChoseForTheirHashAreSkippedLikeOthers() throws Exception {
    String names = String.join("':1,'", GeneratedJson.namesOfOneHash(2_000));

    assertThat(usage(with("messages", "{'" + names + "':1}"))).isEqualTo(usage(COMPACT));
    assertThat(rejection(with("messages", "[".repeat(3_000) + "]".repeat(3_000))))
        .isEqualTo("malformed_json");
  }

  private static byte[] mutated(byte[] original, Random random) {
    byte[] event = original.clone();
    int mutations = 1 + random.nextInt(4);
    for (int i = 0; i < mutations; i++) {
      // Most of the fields that count stand in the first 2,000 bytes.
      int at = random.nextInt(Math.min(event.length, random.nextBoolean() ? 2_000 : event.length));
      switch (random.nextInt(4)) {
        case 0 -> event[at] = (byte) random.nextInt(256);
        case 1 -> event[at] = (byte) "{}[],:\"\\0-e.n ".charAt(random.nextInt(14));
        case 2 -> event = java.util.Arrays.copyOf(event, Math.max(1, at));
        default -> {
          int from = random.nextInt(event.length);
          int length = Math.min(random.nextInt(40), event.length - Math.max(at, from));
          System.arraycopy(event, from, event, at, length);
        }
      }
    }
    return event;
  }

  private static String with(String field, String value) {
    String name = "'" + field + "':";
    String rest = COMPACT.replaceAll(name + "('[^']*'|[^,}]*),?", "").replaceAll(",}", "}");
    return "{" + name + value + "," + rest.substring(1);
  }

  private UsageRecord usage(String json) throws RejectedException {
    return ((IngestEvent.Usage) read(json)).usage();
  }

  private IngestEvent read(String json) throws RejectedException {
    return reader.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private String rejection(String json) {
    RejectedException e = catchThrowableOfType(RejectedException.class, () -> read(json));
    return e == null ? "accepted" : e.rejection().reason().code();
  }
}
