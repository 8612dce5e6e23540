package io.platformapi.service.policy.condition;

import java.util.Map;

/** A condition of which only the resource is left to know. */
public final class ResourceCondition {
  private final Expression expression;

  ResourceCondition(Expression expression) {
    this.expression = expression;
  }

  /** Whether it can be true of some resource. */
  public boolean mayBe(Truth truth) {
    return may(expression, truth);
  }

  /** Whether it is so of every resource. */
  public boolean always(Truth truth) {
    return expression instanceof Expression.Constant constant && constant.value() == truth;
  }

  /**
   * Writes it as SQL that is true, false or NULL.
   *
   * @param columns by path of a resource's attribute
   */
  public void writeSql(SqlWriter sql, Map<String, SqlColumn> columns) {
    new SqlRendering(sql, columns).write(expression);
  }

  /** May say so of a condition that never is, when parts exclude each other. */
  private static boolean may(Expression expression, Truth truth) {
    if (expression instanceof Expression.Constant constant) {
      return constant.value() == truth;
    }
    if (expression instanceof Expression.Not not) {
      return may(not.part(), truth.negated());
    }
    if (expression instanceof Expression.And and) {
      return truth == Truth.TRUE
          ? and.parts().stream().allMatch(part -> may(part, truth))
          : and.parts().stream().anyMatch(part -> may(part, truth));
    }
    if (expression instanceof Expression.Or or) {
      return truth == Truth.FALSE
          ? or.parts().stream().allMatch(part -> may(part, truth))
          : or.parts().stream().anyMatch(part -> may(part, truth));
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ResourceCondition that && expression.equals(that.expression);
  }

  @Override
  public int hashCode() {
    return expression.hashCode();
  }
}
