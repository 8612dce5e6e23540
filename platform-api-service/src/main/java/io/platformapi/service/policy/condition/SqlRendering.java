package io.platformapi.service.policy.condition;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/**
 * Writes a condition over the resource as SQL for PostgreSQL whose NULL is our unknown, value by
 * value.
 */
final class SqlRendering {
  private static final String UNKNOWN = "CAST(NULL AS boolean)";

  private final SqlWriter sql;
  private final Map<String, SqlColumn> columns;

  SqlRendering(SqlWriter sql, Map<String, SqlColumn> columns) {
    this.sql = sql;
    this.columns = columns;
  }

  void write(Expression expression) {
    if (expression instanceof Expression.And and) {
      junction(and.parts(), " AND ");
    } else if (expression instanceof Expression.Or or) {
      junction(or.parts(), " OR ");
    } else if (expression instanceof Expression.Not not) {
      sql.sql("NOT (");
      write(not.part());
      sql.sql(")");
    } else if (expression instanceof Expression.Constant constant) {
      sql.sql(
          switch (constant.value()) {
            case TRUE -> "TRUE";
            case FALSE -> "FALSE";
            case UNKNOWN -> UNKNOWN;
          });
    } else {
      leaf((Expression.Leaf) expression);
    }
  }

  private void junction(List<Expression> parts, String sign) {
    String before = "(";
    for (Expression part : parts) {
      sql.sql(before);
      write(part);
      before = sign;
    }
    sql.sql(")");
  }

  private void leaf(Expression.Leaf leaf) {
    if (leaf instanceof Expression.Holds holds) {
      operand(holds.value());
    } else if (leaf instanceof Expression.Has has) {
      has((Operand.Path) has.path());
    } else if (leaf instanceof Expression.Compare compare) {
      sql.sql("(");
      operand(compare.left());
      sql.sql(" ").sql(compare.comparison().sql()).sql(" ");
      operand(compare.right());
      sql.sql(")");
    } else if (leaf instanceof Expression.In in) {
      in(in);
    } else if (leaf instanceof Expression.TextTest test) {
      textTest(test);
    } else {
      throw new IllegalStateException("cannot be asked of rows: " + leaf);
    }
  }

  private void has(Operand.Path path) {
    SqlColumn column = columns.get(path.text());
    if (column == null || column.present() == null) {
      operand(path);
      sql.sql(" IS NOT NULL");
    } else {
      // There, but of another type: nothing can be said of it.
      sql.sql("CASE WHEN ");
      operand(path);
      sql.sql(" IS NOT NULL THEN TRUE WHEN ")
          .sql(column.present())
          .sql(" THEN NULL ELSE FALSE END");
    }
  }

  private void in(Expression.In in) {
    if (!(in.list() instanceof Operand.ListLiteral list)) {
      if (in.value() instanceof Operand.Literal) {
        any(in);
      } else {
        // PostgreSQL says false, not NULL, of NULL in an empty list.
        sql.sql("CASE WHEN ");
        operand(in.value());
        sql.sql(" IS NULL THEN NULL ELSE ");
        any(in);
        sql.sql(" END");
      }
    } else if (list.elements().isEmpty()) {
      sql.sql("CASE WHEN ");
      operand(in.value());
      sql.sql(" IS NULL THEN NULL ELSE FALSE END");
    } else {
      sql.sql("(");
      operand(in.value());
      sql.sql(" IN ");
      String before = "(";
      for (Operand.Literal element : list.elements()) {
        sql.sql(before);
        operand(element);
        before = ", ";
      }
      sql.sql("))");
    }
  }

  private void any(Expression.In in) {
    sql.sql("(");
    operand(in.value());
    sql.sql(" = ANY (");
    operand(in.list());
    sql.sql("))");
  }

  private void textTest(Expression.TextTest test) {
    switch (test.function()) {
      case STARTS_WITH -> {
        sql.sql("starts_with(");
        operand(test.text());
        sql.sql(", ");
        operand(test.part());
        sql.sql(")");
      }
      case ENDS_WITH -> {
        sql.sql("(right(");
        operand(test.text());
        sql.sql(", length(");
        operand(test.part());
        sql.sql(")) = ");
        operand(test.part());
        sql.sql(")");
      }
      case CONTAINS -> {
        sql.sql("(strpos(");
        operand(test.text());
        sql.sql(", ");
        operand(test.part());
        sql.sql(") > 0)");
      }
    }
  }

  private void operand(Operand operand) {
    if (operand instanceof Operand.Path path) {
      SqlColumn column = columns.get(path.text());
      sql.sql(
          column == null
              ? "CAST(NULL AS " + type(path.attribute().type()) + ")"
              : "(" + column.value() + ")");
    } else {
      Operand.Literal literal = (Operand.Literal) operand;
      Object value = literal.value();
      sql.bind(
          value instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : value,
          type(literal.type()));
    }
  }

  private static String type(AttributeType type) {
    return switch (type) {
      case STRING -> "text";
      case INTEGER -> "bigint";
      case DECIMAL -> "numeric";
      case BOOLEAN -> "boolean";
      case TIME -> "timestamptz";
      case STRING_LIST -> "text[]";
    };
  }
}
