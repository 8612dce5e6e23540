package io.platformapi.routes.gateway.litellm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.RowFault;
import io.platformapi.routes.message.RowFault.Reason;
import io.platformapi.routes.message.SpendRow;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpendRowReaderTest {
  private static final String LEAST =
      "\"request_id\":\"r\",\"spend\":0.5,\"startTime\":\"2026-11-23T09:30:10.148+00:00\"";

  @Test
  void aRecordedRowIsReadWhole() throws IOException {
    SpendRow row = answer(SpendLogServer.recordedPages().get(0)).rows().get(0);
    assertThat(row.requestId()).isEqualTo("chatcmpl-965e112d47c8ecbd6ec7ac93");
    assertThat(row.callId()).isEqualTo("a56d8672-8e2f-4c9d-8235-7a062149acfa");
    assertThat(row.callType()).isEqualTo("acompletion");
    assertThat(row.status()).isEqualTo(CallStatus.SUCCESS);
    assertThat(row.cacheHit()).isFalse();
    assertThat(row.keyHash())
        .isEqualTo("2210f3056188a610fe2054f0b93fd95fde16e8251aac85b664c47679caeabb9d");
    assertThat(row.keyAlias()).isEqualTo("globex-key-1");
    assertThat(row.teamId()).isEqualTo("team_globex");
    assertThat(row.organizationId()).isEqualTo("org_globex");
    assertThat(row.userId()).isEqualTo("user_globex_1");
    assertThat(row.endUser()).isEqualTo("end-user-4");
    assertThat(row.provider()).isEqualTo("openai");
    assertThat(row.model()).isEqualTo("openai/gpt-4o-mini");
    assertThat(row.modelGroup()).isEqualTo("gpt-4o-mini");
    assertThat(row.inputTokens()).isEqualTo(2_234);
    assertThat(row.outputTokens()).isEqualTo(42);
    assertThat(row.totalTokens()).isEqualTo(2_276);
    assertThat(row.costNanos()).isEqualTo(360_300);
    assertThat(row.startTime()).isEqualTo(Instant.parse("2026-11-23T09:30:10.148Z"));
    assertThat(row.endTime()).isEqualTo(Instant.parse("2026-11-23T09:30:10.188Z"));
  }

  @Test
  void whatWasReceivedIsKeptWithAllItsDigitsAndNoPrompt() throws IOException {
    SpendRow row =
        row(
            "{\"request_id\":\"r\",\"spend\":0.00037079999999999996,\"team_id\":\"\","
                + "\"startTime\":\"2026-11-23T09:30:10.148+00:00\",\"prompt_tokens\":12.0,"
                + "\"messages\":[{\"content\":\"s3cret\"}],\"response\":{\"x\":\"s3cret\"},"
                + "\"proxy_server_request\":{\"messages\":\"s3cret\"},\"new\":\"s3cret\","
                + "\"request_tags\":[\"s3cret\"],\"requester_ip_address\":\"s3cret\","
                + "\"user\":\"nul\\u0000 and \\ud800\",\"model\":null,"
                + "\"metadata\":{\"litellm_call_id\":\"c\",\"spend_logs_metadata\":\"s3cret\","
                + "\"error_information\":{\"error_message\":\"s3cret\"},\"attempted_retries\":2}}");
    assertThat(row.received()).doesNotContain("s3cret");
    JsonNode received = new ObjectMapper().readTree(row.received());
    assertThat(row.received())
        .contains("\"spend\":0.00037079999999999996,")
        .contains("\"prompt_tokens\":12.0,");
    assertThat(received.at("/metadata/litellm_call_id").asText()).isEqualTo("c");
    assertThat(received.at("/metadata/attempted_retries").asInt()).isEqualTo(2);
    assertThat(received.get("user").asText()).isEqualTo("nul\uFFFD and \uFFFD");
    assertThat(received.has("model")).isFalse();
    assertThat(row.teamId()).isNull();
    assertThat(row.userId()).isEqualTo("nul\uFFFD and \uFFFD");
    assertThat(row.inputTokens()).isEqualTo(12);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.0, 0",
    "-0.0, 0",
    "0e99, 0",
    "3.3e-07, 330",
    "3.3E-7, 330",
    "0.00037079999999999996, 370800",
    "2.52e-05, 25200",
    "1e-10, 0",
    "5e-10, 0",
    "15e-10, 2",
    "25e-10, 2",
    "1e-999999999, 0",
    "12, 12000000000",
    "1e6, 1000000000000000"
  })
  void spendIsReadExactlyAndRoundedOnce(String written, long nanos) throws IOException {
    assertThat(row("{" + LEAST.replace("0.5", written) + "}").costNanos()).isEqualTo(nanos);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"spend\":NaN} | spend | ABSURD",
        "{\"spend\":Infinity} | spend | ABSURD",
        "{\"spend\":-Infinity} | spend | ABSURD",
        "{\"spend\":-0.1} | spend | NEGATIVE",
        "{\"spend\":1e300} | spend | ABSURD",
        "{\"spend\":1e999999999999} | spend | ABSURD",
        "{\"spend\":1000000.1} | spend | ABSURD",
        "{\"spend\":\"0.1\"} | spend | WRONG_TYPE",
        "{\"spend\":true} | spend | WRONG_TYPE",
        "{\"spend\":[0.1]} | spend | WRONG_TYPE",
        "{\"spend\":null} | spend | MISSING",
        "{\"request_id\":null} | request_id | MISSING",
        "{\"request_id\":\"\"} | request_id | MISSING",
        "{\"request_id\":7} | request_id | WRONG_TYPE",
        "{\"startTime\":null} | startTime | MISSING",
        "{\"startTime\":\"soon\"} | startTime | INVALID_TIME",
        "{\"startTime\":\"1970-01-01T00:00:00Z\"} | startTime | INVALID_TIME",
        "{\"startTime\":1795426212.3} | startTime | WRONG_TYPE",
        "{\"endTime\":\"soon\"} | endTime | INVALID_TIME",
        "{\"prompt_tokens\":-1} | prompt_tokens | NEGATIVE",
        "{\"prompt_tokens\":1.5} | prompt_tokens | WRONG_TYPE",
        "{\"prompt_tokens\":\"1\"} | prompt_tokens | WRONG_TYPE",
        "{\"completion_tokens\":1000000001} | completion_tokens | ABSURD",
        "{\"total_tokens\":1e99} | total_tokens | ABSURD",
        "{\"team_id\":7} | team_id | WRONG_TYPE",
        "{\"organization_id\":{}} | organization_id | WRONG_TYPE",
        "{\"status\":\"perhaps\"} | status | INVALID_STATUS",
        "{\"status\":1} | status | WRONG_TYPE"
      })
  void whatCannotGoIntoABookIsToldWithItsReason(String change, String field, Reason reason)
      throws IOException {
    // Of a name that is there twice the last one counts.
    SpendAnswer answer =
        answer(
            "{\"data\":[{" + LEAST + "," + change.substring(1) + ",{" + LEAST + "}],\"total\":2}");
    assertThat(answer.faults())
        .singleElement()
        .isEqualTo(new RowFault(field.equals("request_id") ? null : "r", field, reason));
    assertThat(answer.rows()).hasSize(1);
    assertThat(answer.size()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "\"x\"", "[]", "[{}]", "true"})
  void whatIsNoRowCostsItselfOnly(String value) throws IOException {
    SpendAnswer answer = answer("{\"total\":2,\"data\":[" + value + ",{" + LEAST + "}]}");
    assertThat(answer.faults()).containsExactly(new RowFault(null, null, Reason.NOT_AN_OBJECT));
    assertThat(answer.rows()).hasSize(1);
  }

  @Test
  void whatIsAbsentIsNullOrNothing() throws IOException {
    SpendRow row = row("{" + LEAST + "}");
    assertThat(row.callId()).isNull();
    assertThat(row.teamId()).isNull();
    assertThat(row.endTime()).isNull();
    assertThat(row.totalTokens()).isZero();
    assertThat(row.status()).isEqualTo(CallStatus.SUCCESS);
    assertThat(row.cacheHit()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T09:30:10.148+00:00, 2026-11-23T09:30:10.148Z",
    "2026-11-23T09:30:10.148Z, 2026-11-23T09:30:10.148Z",
    "2026-11-23T10:30:10+01:00, 2026-11-23T09:30:10Z",
    "2026-11-23T09:30:10.148123, 2026-11-23T09:30:10.148123Z",
    "2026-11-23 09:30:10.148, 2026-11-23T09:30:10.148Z"
  })
  void timesAreUtcWithOrWithoutAnOffset(String written, Instant time) throws IOException {
    String row = LEAST.replace("2026-11-23T09:30:10.148+00:00", written);
    assertThat(row("{" + row + "}").startTime()).isEqualTo(time);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"True\"', true",
    "'\"true\"', true",
    "true, true",
    "'\"False\"', false",
    "'\"None\"', false",
    "'\"\"', false",
    "null, false"
  })
  void aCacheHitIsPythonsTextOfABoolean(String written, boolean hit) throws IOException {
    assertThat(row("{" + LEAST + ",\"cache_hit\":" + written + "}").cacheHit()).isEqualTo(hit);
  }

  @Test
  void theOwnerMayStandInTheMetadataAloneAndMetadataMayBeAText() throws IOException {
    String metadata =
        "{\"litellm_call_id\":\"c\",\"user_api_key_team_id\":\"t\",\"user_api_key_org_id\":\"o\"}";
    for (String written : List.of(metadata, new ObjectMapper().writeValueAsString(metadata))) {
      SpendRow row = row("{" + LEAST + ",\"team_id\":\"\",\"metadata\":" + written + "}");
      assertThat(row.callId()).isEqualTo("c");
      assertThat(row.teamId()).isEqualTo("t");
      assertThat(row.organizationId()).isEqualTo("o");
    }
    for (String written : List.of("null", "7", "[]", "\"\"", "\"no json\"", "\"[1]\"", "\"{\"")) {
      assertThat(row("{" + LEAST + ",\"metadata\":" + written + "}").callId()).isNull();
    }
  }

  @Test
  void aLongNameIsKeptAsTheLedgerKeepsIt() throws IOException {
    SpendRow row = row("{" + LEAST + ",\"model\":\"" + "m".repeat(300) + "\"}");
    assertThat(row.model()).hasSize(256).startsWith("mmm").contains("~");
  }

  @Test
  void aNumberOfAnyLengthCostsItsRowOnly() throws IOException {
    SpendAnswer answer =
        answer(
            "{\"data\":[{"
                + LEAST.replace("0.5", "9".repeat(100_000))
                + "},{"
                + LEAST
                + ",\"unknown\":"
                + "9".repeat(100_000)
                + "}],\"total\":2}");
    assertThat(answer.faults()).containsExactly(new RowFault("r", "spend", Reason.ABSURD));
    assertThat(answer.rows()).hasSize(1);
  }

  private static SpendRow row(String json) throws IOException {
    SpendAnswer answer = answer("{\"data\":[" + json + "],\"total\":1}");
    assertThat(answer.faults()).isEmpty();
    return answer.rows().get(0);
  }

  private static SpendAnswer answer(String json) throws IOException {
    return SpendAnswer.read(json.getBytes(UTF_8), LiteLlmJson.factory());
  }
}
