package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.ResourceCondition;
import io.platformapi.service.policy.condition.SqlColumn;
import io.platformapi.service.policy.condition.SqlWriter;
import io.platformapi.service.policy.condition.Truth;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which resources of a type a subject may act on, with everything but the resource known. */
public final class ResourceFilter {
  /** More would come near what one statement of PostgreSQL can bind. */
  private static final int MAX_BINDS = 10_000;

  /** What is left to ask. */
  public enum Kind {
    EVERYTHING,
    NOTHING,
    CONDITION
  }

  private final Kind kind;

  /** One of them must be true; empty when everything is allowed that is not denied. */
  private final List<ResourceCondition> allows;

  /** Each of them must be false. */
  private final List<ResourceCondition> denies;

  private final AccessDecision denial;

  private ResourceFilter(
      Kind kind,
      List<ResourceCondition> allows,
      List<ResourceCondition> denies,
      AccessDecision denial) {
    this.kind = kind;
    this.allows = allows;
    this.denies = denies;
    this.denial = denial;
  }

  /** Whether rows have to be looked at. */
  public Kind kind() {
    return kind;
  }

  /** The decision about every resource when it is {@link Kind#NOTHING}, else null. */
  public AccessDecision denial() {
    return denial;
  }

  /**
   * The filter in SQL; {@code TRUE} for everything and {@code FALSE} for nothing.
   *
   * @param columns by path such as {@code resource.owner}; an attribute without one is absent
   * @throws FilterTooLargeException when so many rules are about single rows that a statement could
   *     not carry them
   */
  public SqlCondition sql(Map<String, SqlColumn> columns) {
    SqlWriter sql = new SqlWriter();
    switch (kind) {
      case EVERYTHING -> sql.sql("TRUE");
      case NOTHING -> sql.sql("FALSE");
      case CONDITION -> write(sql, columns);
    }
    if (sql.binds().size() > MAX_BINDS) {
      throw new FilterTooLargeException(MAX_BINDS);
    }
    return new SqlCondition(sql.text(), sql.binds());
  }

  private void write(SqlWriter sql, Map<String, SqlColumn> columns) {
    String before = "(";
    if (!allows.isEmpty()) {
      String beforeAllow = "((";
      for (ResourceCondition allow : allows) {
        sql.sql(beforeAllow);
        allow.writeSql(sql, columns);
        sql.sql(") IS TRUE");
        beforeAllow = " OR (";
      }
      sql.sql(")");
      before = " AND (";
    }
    for (ResourceCondition deny : denies) {
      sql.sql(before);
      deny.writeSql(sql, columns);
      sql.sql(") IS FALSE");
      before = " AND (";
    }
  }

  /** Takes the rules that fit, in their order, each with what is left of its condition. */
  static final class Builder {
    private final AccessDecision nothingAllows;
    private final Set<ResourceCondition> allows = new LinkedHashSet<>();
    private final Set<ResourceCondition> denies = new LinkedHashSet<>();
    private boolean allowed;
    private AccessDecision denied;

    /**
     * @param nothingAllows the decision when no rule allows
     */
    Builder(AccessDecision nothingAllows) {
      this.nothingAllows = nothingAllows;
    }

    void add(CompiledRule rule, ResourceCondition condition) {
      if (!rule.allows()) {
        if (denied == null && !condition.mayBe(Truth.FALSE)) {
          denied = rule.decision(condition.always(Truth.TRUE) ? Truth.TRUE : Truth.UNKNOWN);
        }
        if (!condition.always(Truth.FALSE)) {
          denies.add(condition);
        }
      } else if (condition.mayBe(Truth.TRUE)) {
        allowed |= condition.always(Truth.TRUE);
        allows.add(condition);
      }
    }

    /**
     * @param errors met while the rules were read
     */
    ResourceFilter build(List<EvaluationError> errors) {
      if (denied != null || allows.isEmpty()) {
        AccessDecision denial = denied == null ? nothingAllows : denied;
        return new ResourceFilter(Kind.NOTHING, List.of(), List.of(), denial.with(errors));
      }
      List<ResourceCondition> conditions = allowed ? List.of() : List.copyOf(allows);
      return allowed && denies.isEmpty()
          ? new ResourceFilter(Kind.EVERYTHING, List.of(), List.of(), null)
          : new ResourceFilter(Kind.CONDITION, conditions, List.copyOf(denies), null);
    }
  }
}
