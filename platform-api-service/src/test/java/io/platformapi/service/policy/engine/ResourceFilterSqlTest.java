package io.platformapi.service.policy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.policy.condition.AttributeSchema;
import io.platformapi.service.policy.condition.AttributeType;
import io.platformapi.service.policy.condition.SqlColumn;
import io.platformapi.service.testing.TestDatabases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a filter finds in a real PostgreSQL is what the snapshot allows row by row. */
class ResourceFilterSqlTest {
  private static final int POLICIES = 500;
  private static final int SUBJECTS = 4;
  private static final int ROWS = 80;
  private static final List<String> NAMES =
      List.of("id", "name", "team", "level", "score", "open", "since", "tags");
  private static final Map<Integer, Map<String, Object>> TABLE = new TreeMap<>();
  private static Connection connection;

  @BeforeAll
  static void fill() throws SQLException {
    connection = TestDatabases.connect("postgres");
    GeneratedPolicies generated = new GeneratedPolicies(0);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TEMP TABLE docs (number int, id text, name text, team text, level bigint,
            score numeric, open boolean, since timestamptz, tags text[])
          """);
    }
    for (int number = 0; number < ROWS; number++) {
      Map<String, Object> row = new HashMap<>();
      for (String name : NAMES) {
        Object value = generated.column(type(name));
        if (value != null) {
          row.put(name, value);
        }
      }
      TABLE.put(number, row);
      insert(number, row);
    }
  }

  @AfterAll
  static void close() throws SQLException {
    connection.close();
  }

  private static AttributeType type(String name) {
    return GeneratedPolicies.SCHEMA.type("resource." + name).orElseThrow();
  }

  private static void insert(int number, Map<String, Object> row) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO docs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setInt(1, number);
      for (int i = 0; i < NAMES.size(); i++) {
        Object value = row.get(NAMES.get(i));
        if (value instanceof List<?> list) {
          value = connection.createArrayOf("text", list.toArray());
        } else if (value instanceof Instant time) {
          value = time.atOffset(ZoneOffset.UTC);
        }
        insert.setObject(i + 2, value);
      }
      insert.execute();
    }
  }

  @Test
  void aFilterFindsExactlyTheRowsThatAreAllowedOneByOne() throws SQLException {
    Map<ResourceFilter.Kind, Integer> kinds = new EnumMap<>(ResourceFilter.Kind.class);
    for (long seed = 1; seed <= POLICIES; seed++) {
      GeneratedPolicies generated = new GeneratedPolicies(seed);
      PolicySnapshot snapshot =
          PolicySnapshot.of(
              GeneratedPolicies.SCHEMA,
              GeneratedPolicies.LIMITS,
              seed % 10 == 0 ? generated.crowdedPolicy(1, 30) : generated.policy(1),
              GeneratedPolicies.TENANT,
              generated.policy(2));
      // Some lists show fewer columns; what they do not have is absent.
      Set<String> shown = new HashSet<>(NAMES.subList(0, seed % 3 == 0 ? 4 : NAMES.size()));
      for (int i = 0; i < SUBJECTS; i++) {
        GeneratedRequest request = generated.request();
        kinds.merge(compare(snapshot, request, shown, "seed " + seed), 1, Integer::sum);
      }
    }
    assertThat(kinds).containsOnlyKeys(ResourceFilter.Kind.values());
    assertThat(kinds.get(ResourceFilter.Kind.CONDITION)).isGreaterThan(POLICIES / 4);
  }

  private static ResourceFilter.Kind compare(
      PolicySnapshot snapshot, GeneratedRequest request, Set<String> shown, String context)
      throws SQLException {
    ResourceFilter filter =
        snapshot.filter(
            request.subject(),
            request.action(),
            request.resourceType(),
            request.resourceTenant(),
            request.environment());
    Map<String, SqlColumn> columns = new HashMap<>();
    shown.forEach(name -> columns.put("resource." + name, new SqlColumn("docs." + name)));
    SqlCondition sql = filter.sql(columns);
    List<Integer> allowed = new ArrayList<>();
    TABLE.forEach(
        (number, row) -> {
          if (snapshot.decide(about(request, row, shown)).allowed()) {
            allowed.add(number);
          }
        });
    assertThat(found(sql))
        .as("%s, %s, %s %s", context, request, sql.text(), sql.binds())
        .isEqualTo(allowed);
    if (filter.kind() != ResourceFilter.Kind.CONDITION) {
      assertThat(sql.binds()).isEmpty();
    }
    return filter.kind();
  }

  private static AccessRequest about(
      GeneratedRequest request, Map<String, Object> row, Set<String> shown) {
    Map<String, Object> attributes = new LinkedHashMap<>(row);
    attributes.keySet().retainAll(shown);
    String id = (String) attributes.remove("id");
    return new AccessRequest(
        request.subject(),
        request.action(),
        new AccessResource(request.resourceType(), id, request.resourceTenant(), attributes),
        request.environment());
  }

  private static List<Integer> found(SqlCondition sql) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT number FROM docs WHERE " + sql.text() + " ORDER BY number")) {
      for (int i = 0; i < sql.binds().size(); i++) {
        select.setObject(i + 1, sql.binds().get(i));
      }
      List<Integer> numbers = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          numbers.add(rows.getInt(1));
        }
      }
      return numbers;
    }
  }

  @Test
  void theConditionIsNeverNullSoThatItCanBeNegatedAndCounted() throws SQLException {
    AttributeSchema schema = GeneratedPolicies.SCHEMA;
    PolicySet platform =
        new PolicySet(
            1,
            List.of(
                new Rule("a", Effect.ALLOW, "*", "doc", "read", "resource.name == 'a'", ""),
                new Rule("d", Effect.DENY, "*", "doc", "read", "resource.level > 1", "")),
            List.of());
    SqlCondition sql =
        PolicySnapshot.of(schema, GeneratedPolicies.LIMITS, platform, null, PolicySet.EMPTY)
            .filter(
                new AccessSubject("s", SubjectType.USER, null, Set.of(), Set.of(), Map.of()),
                "read",
                "doc",
                null,
                new AccessEnvironment(Instant.EPOCH, null, null, null, Map.of()))
            .sql(
                Map.of(
                    "resource.name", new SqlColumn("name"),
                    "resource.level", new SqlColumn("level")));
    assertThat(sql.binds()).containsExactly("a", 1L);
    assertThat(found(new SqlCondition("(" + sql.text() + ") IS NULL", sql.binds()))).isEmpty();
    List<Integer> all = new ArrayList<>(found(sql));
    assertThat(all).isNotEmpty();
    all.addAll(found(new SqlCondition("NOT (" + sql.text() + ")", sql.binds())));
    assertThat(all).hasSize(ROWS);
  }
}
