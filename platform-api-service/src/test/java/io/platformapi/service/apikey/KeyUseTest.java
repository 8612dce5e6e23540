package io.platformapi.service.apikey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.persistence.SqlFailure;
import io.platformapi.service.testing.TestDatabases;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KeyUseTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static TestDatabases node;
  private final KeyUse use = use();

  @BeforeAll
  static void start() {
    node = TestDatabases.create(ConnectionSettings.ofBudget(2), List.of(), List.of());
    node.tenant("acme");
    // Counts how often each key was written.
    execute(
        """
        CREATE TABLE writes (id uuid);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN INSERT INTO writes VALUES (NEW.id); RETURN NEW; END $$;
        CREATE TRIGGER note AFTER UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION note();
        """);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void howeverOftenAKeyIsUsedItIsWrittenOnceAnInterval() {
    UUID key = key();
    for (int i = 0; i < 1000; i++) {
      use.used(key, NOON.plusMillis(i));
    }
    assertThat(writes(key)).isEqualTo("0");
    use.write();
    use.write();
    assertThat(writes(key)).isEqualTo("1");
    assertThat(lastUsed(key)).isEqualTo("2026-11-23 12:00:00.999+00");
  }

  @Test
  void theLatestUseStaysWhicheverNodeWritesLast() {
    UUID key = key();
    KeyUse other = use();
    other.used(key, NOON);
    use.used(key, NOON.plusSeconds(5));
    use.write();
    other.write();
    assertThat(lastUsed(key)).isEqualTo("2026-11-23 12:00:05+00");
  }

  @Test
  void manyKeysAreAllWritten() {
    List<UUID> keys = Stream.generate(UUID::randomUUID).limit(1201).toList();
    insert(keys);
    keys.forEach(key -> use.used(key, NOON));
    use.write();
    assertThat(
            one(
                "SELECT count(*) || ' ' || count(DISTINCT id) FROM writes WHERE id IN ('"
                    + String.join("','", keys.stream().map(UUID::toString).toList())
                    + "')"))
        .isEqualTo("1201 1201");
  }

  @Test
  void whatCouldNotBeWrittenIsWrittenTheNextTime() {
    UUID key = key();
    use.used(key, NOON);
    use.rehashed(new ApiKeySql.Rehash(key, "old", new KeyHash("new", new byte[32])));
    execute("ALTER TABLE api_keys RENAME TO elsewhere");
    try {
      assertThatThrownBy(use::write).isInstanceOf(SqlFailure.class);
    } finally {
      execute("ALTER TABLE elsewhere RENAME TO api_keys");
    }
    use.write();
    assertThat(lastUsed(key)).isEqualTo("2026-11-23 12:00:00+00");
    assertThat(one("SELECT pepper_id FROM api_keys WHERE id = '" + key + "'")).isEqualTo("new");
  }

  @Test
  void aStopWritesWhatIsLeft() throws Exception {
    UUID key = key();
    use.start();
    use.used(key, NOON);
    use.stop();
    assertThat(lastUsed(key)).isEqualTo("2026-11-23 12:00:00+00");
  }

  @Test
  void aHashIsReplacedOnlyWhileItIsTheOneThatWasSeen() {
    UUID key = key();
    KeyHash hash = new KeyHash("new", new byte[32]);
    Stream.of("another", "old")
        .forEach(
            seen -> {
              use.rehashed(new ApiKeySql.Rehash(key, seen, hash));
              use.write();
              assertThat(one("SELECT pepper_id FROM api_keys WHERE id = '" + key + "'"))
                  .isEqualTo(seen.equals("old") ? "new" : "old");
            });
  }

  private static KeyUse use() {
    return new KeyUse(new ApiKeySql(node.inAdmin), Duration.ofHours(1));
  }

  private static UUID key() {
    UUID id = UUID.randomUUID();
    insert(List.of(id));
    return id;
  }

  private static void insert(List<UUID> ids) {
    execute(
        """
        INSERT INTO api_keys (id, tenant_id, name, prefix, pepper_id, hash, scopes, created_by,
          created_at, version)
        SELECT id, 'acme', 'x', id, 'old', decode(repeat('00', 32), 'hex'), '{}', 'x', now(), 1
        FROM unnest('{%s}'::uuid[]) AS id
        """
            .formatted(String.join(",", ids.stream().map(UUID::toString).toList())));
  }

  private static String writes(UUID key) {
    return one("SELECT count(*) FROM writes WHERE id = '" + key + "'");
  }

  private static String lastUsed(UUID key) {
    return one("SELECT last_used_at FROM api_keys WHERE id = '" + key + "'");
  }

  private static void execute(String sql) {
    TestDatabases.execute(node.adminName, sql);
  }

  private static String one(String sql) {
    return TestDatabases.single(node.adminName, sql);
  }
}
