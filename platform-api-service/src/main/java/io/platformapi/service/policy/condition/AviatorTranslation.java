package io.platformapi.service.policy.condition;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes a condition in two values for jCasbin's {@code eval}, where an error would be false: one
 * form is true exactly when the condition is true (for allow rules), the other is false exactly
 * when the condition is false (for deny rules). Every test is guarded, so neither form can fail.
 *
 * <p>The request has maps {@code r.subject}, {@code r.resource} and {@code r.env}. Needed
 * functions: {@code is(value, "type")} whether a value is of a type, {@code utf8("hex")} text that
 * Aviator or jCasbin would take for more than text, {@code micros(time)}, {@code holds(list,
 * value)}, {@code startsWith}, {@code endsWith}, {@code contains}, {@code isIp(text)} and {@code
 * inCidr}.
 */
final class AviatorTranslation {
  // jCasbin refuses words of Aviator's own, also inside strings, and rewrites "r." and "p." there.
  private static final Pattern PLAIN = Pattern.compile("[a-z0-9_]+");
  static final Set<String> WORDS =
      Set.of(
          "nil", "true", "false", "lambda", "let", "fn", "for", "while", "return", "if", "then",
          "else");

  private AviatorTranslation() {}

  static String whenTrue(Expression expression) {
    return form(expression, true);
  }

  static String unlessFalse(Expression expression) {
    return "!(" + form(expression, false) + ")";
  }

  /** Text that is true exactly when the expression has the wanted value, and false otherwise. */
  private static String form(Expression expression, boolean wanted) {
    if (expression instanceof Expression.And and) {
      return junction(and.parts(), wanted, wanted ? " && " : " || ");
    }
    if (expression instanceof Expression.Or or) {
      return junction(or.parts(), wanted, wanted ? " || " : " && ");
    }
    if (expression instanceof Expression.Not not) {
      return form(not.part(), !wanted);
    }
    if (expression instanceof Expression.Constant constant) {
      return constant.value() == Truth.of(wanted) ? "true" : "false";
    }
    return leaf((Expression.Leaf) expression, wanted);
  }

  private static String junction(List<Expression> parts, boolean wanted, String sign) {
    return parts.stream()
        .map(part -> form(part, wanted))
        .collect(Collectors.joining(sign, "(", ")"));
  }

  private static String leaf(Expression.Leaf leaf, boolean wanted) {
    if (leaf instanceof Expression.Has has) {
      return wanted ? guard(has.path()) : "(" + text(has.path()) + " == nil)";
    }
    String guards =
        leaf.operands().stream()
            .filter(Operand.Path.class::isInstance)
            .map(AviatorTranslation::guard)
            .collect(Collectors.joining(" && "));
    return "(" + guards + " && " + test(leaf, wanted) + ")";
  }

  private static String test(Expression.Leaf leaf, boolean wanted) {
    String not = wanted ? "" : "!";
    if (leaf instanceof Expression.Holds holds) {
      return text(holds.value()) + " == " + wanted;
    }
    if (leaf instanceof Expression.Compare compare) {
      Comparison comparison = wanted ? compare.comparison() : compare.comparison().negated();
      return comparable(compare.left())
          + " "
          + comparison.text()
          + " "
          + comparable(compare.right());
    }
    if (leaf instanceof Expression.In in) {
      return in(in, wanted);
    }
    if (leaf instanceof Expression.TextTest test) {
      return not
          + test.function().text()
          + "("
          + text(test.text())
          + ", "
          + text(test.part())
          + ")";
    }
    Expression.InCidr inCidr = (Expression.InCidr) leaf;
    return "isIp("
        + text(inCidr.address())
        + ") && "
        + not
        + "inCidr("
        + text(inCidr.address())
        + ", "
        + text(inCidr.network())
        + ")";
  }

  private static String in(Expression.In in, boolean wanted) {
    if (in.list() instanceof Operand.ListLiteral list) {
      String value = comparable(in.value());
      return list.elements().stream()
          .map(element -> value + (wanted ? " == " : " != ") + comparable(element))
          .collect(Collectors.joining(wanted ? " || " : " && ", "(", ")"));
    }
    return (wanted ? "" : "!") + "holds(" + text(in.list()) + ", " + text(in.value()) + ")";
  }

  private static String guard(Operand operand) {
    AttributeType type = ((Operand.Path) operand).attribute().type();
    return "is(" + text(operand) + ", '" + type.text() + "')";
  }

  /** An operand as Aviator can compare it: a time as microseconds. */
  private static String comparable(Operand operand) {
    return TypeChecker.type(operand) == AttributeType.TIME && operand instanceof Operand.Path
        ? "micros(" + text(operand) + ")"
        : text(operand);
  }

  private static String text(Operand operand) {
    if (operand instanceof Operand.Path path) {
      Attribute attribute = path.attribute();
      return "r." + attribute.root().text() + "." + attribute.name();
    }
    Object value = ((Operand.Literal) operand).value();
    if (value instanceof String text) {
      return string(text);
    }
    if (value instanceof Instant time) {
      return Long.toString(
          Math.addExact(
              Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000));
    }
    return value instanceof BigDecimal decimal ? decimal.toPlainString() + "M" : value.toString();
  }

  /** A literal of a string. */
  static String string(String text) {
    return PLAIN.matcher(text).matches() && !WORDS.contains(text)
        ? "'" + text + "'"
        : "utf8('" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "')";
  }
}
