package io.platformapi.routes.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RecordedTrafficTest {
  private final List<byte[]> recorded = Recordings.events();

  @Test
  void recordedEventsAddUpToTheRecordedTotals() throws Exception {
    assertTotals(usage(recorded));
  }

  @Test
  void theCompactRecordKeepsWhatTheWholePayloadSays() throws Exception {
    EventReader reader = new EventReader(UsageJson.factory());
    List<UsageRecord> compact = new ArrayList<>();
    try (CompactWriter writer = new CompactWriter(UsageJson.factory(), "now", "request")) {
      for (byte[] event : recorded) {
        byte[] envelope = writer.envelope(gatewayFields(event), "acme");
        assertThat(envelope.length).isLessThan(1_400);
        IngestEvent.Usage usage = (IngestEvent.Usage) reader.read(envelope);
        assertThat(usage.claimedTenant()).isEqualTo("acme");
        assertThat(usage.ownerDecides()).isFalse();
        assertThat(new ObjectMapper().readTree(envelope).path("eventId").asText())
            .isEqualTo(usage.usage().eventId().toString());
        compact.add(usage.usage());
      }
    }
    assertThat(compact).isEqualTo(usage(recorded));
  }

  @Test
  void whatOurLoggerWritesOfAnEventSaysTheSame() throws Exception {
    assertThat(usage(Recordings.loggerLines())).isEqualTo(usage(recorded));
  }

  @Test
  void everyRecordedEventHasItsOwnIdentity() throws Exception {
    List<UUID> ids = usage(recorded).stream().map(UsageRecord::eventId).distinct().toList();

    assertThat(ids).hasSize(419).allSatisfy(id -> assertThat(id.version()).isEqualTo(8));
    assertThat(ids).allSatisfy(id -> assertThat(id.variant()).isEqualTo(2));
  }

  @Test
  void theOwnerIsWhatTheKeySaysAndNotWhatTheCallerSays() throws Exception {
    EventReader reader = new EventReader(UsageJson.factory());
    int withoutTeam = 0;
    for (byte[] event : recorded) {
      IngestEvent.Usage usage = (IngestEvent.Usage) reader.read(event);
      JsonNode metadata = new ObjectMapper().readTree(event).path("metadata");
      assertThat(usage.ownerDecides()).isTrue();
      assertThat(usage.claimedTenant()).isNull();
      assertThat(usage.owner().teamId())
          .isEqualTo(metadata.path("user_api_key_team_id").textValue());
      assertThat(usage.owner().organizationId())
          .isEqualTo(metadata.path("user_api_key_org_id").textValue());
      assertThat(usage.owner().authTenantId())
          .isEqualTo(metadata.path("user_api_key_auth_metadata").path("tenant_id").textValue());
      withoutTeam += usage.owner().teamId() == null ? 1 : 0;
    }
    assertThat(withoutTeam).isEqualTo(7);
  }

  private static UsageFields gatewayFields(byte[] event) throws Exception {
    try (var parser = UsageJson.factory().createParser(event)) {
      parser.nextToken();
      return new UsageReader().readGateway(parser);
    }
  }

  private static List<UsageRecord> usage(List<byte[]> events) throws RejectedException {
    EventReader reader = new EventReader(UsageJson.factory());
    List<UsageRecord> usage = new ArrayList<>();
    for (byte[] event : events) {
      usage.add(((IngestEvent.Usage) reader.read(event)).usage());
    }
    return usage;
  }

  private static void assertTotals(List<UsageRecord> usage) {
    JsonNode totals = Recordings.totals();
    assertThat(Sum.of(usage)).isEqualTo(Sum.of(totals.path("all")));
    assertThat(by(usage, UsageRecord::teamId)).isEqualTo(expected(totals.path("byTeam")));
    assertThat(by(usage, record -> record.teamId() + "/" + record.modelGroup()))
        .isEqualTo(expected(totals.path("byTeamAndModelGroup")));
    assertThat(by(usage, record -> record.teamId() + "/" + record.keyAlias()))
        .isEqualTo(expected(totals.path("byTeamAndKeyAlias")));
  }

  private static Map<String, Sum> by(List<UsageRecord> usage, Function<UsageRecord, String> key) {
    Map<String, List<UsageRecord>> groups =
        usage.stream()
            .collect(
                Collectors.groupingBy(
                    record -> String.valueOf(key.apply(record)).replaceFirst("^null", "None")));
    Map<String, Sum> sums = new TreeMap<>();
    groups.forEach((name, records) -> sums.put(name, Sum.of(records)));
    return sums;
  }

  private static Map<String, Sum> expected(JsonNode totals) {
    Map<String, Sum> sums = new LinkedHashMap<>();
    totals.properties().forEach(entry -> sums.put(entry.getKey(), Sum.of(entry.getValue())));
    return new TreeMap<>(sums);
  }

  private record Sum(
      long events,
      long success,
      long failure,
      long cacheHits,
      long prompt,
      long completion,
      long total,
      long costNanos) {

    static Sum of(List<UsageRecord> usage) {
      return new Sum(
          usage.size(),
          usage.stream().filter(record -> record.status() == CallStatus.SUCCESS).count(),
          usage.stream().filter(record -> record.status() == CallStatus.FAILURE).count(),
          usage.stream().filter(UsageRecord::cacheHit).count(),
          usage.stream().mapToLong(UsageRecord::inputTokens).sum(),
          usage.stream().mapToLong(UsageRecord::outputTokens).sum(),
          usage.stream().mapToLong(UsageRecord::totalTokens).sum(),
          usage.stream().mapToLong(UsageRecord::costNanos).sum());
    }

    static Sum of(JsonNode totals) {
      return new Sum(
          totals.path("events").asLong(),
          totals.path("success").asLong(),
          totals.path("failure").asLong(),
          totals.path("cacheHits").asLong(),
          totals.path("promptTokens").asLong(),
          totals.path("completionTokens").asLong(),
          totals.path("totalTokens").asLong(),
          totals.path("costNanos").asLong());
    }
  }
}
