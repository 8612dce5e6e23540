package io.platformapi.service.policy.condition;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a condition.
 *
 * <pre>
 * or      = and { "||" and }
 * and     = unary { "&amp;&amp;" unary }
 * unary   = "!" unary | "(" or ")" | test
 * test    = operand [ ( "==" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=" ) operand | "in" ( operand | list ) ]
 *         | "has" "(" path ")" | ( "startsWith" | "endsWith" | "contains" | "inCidr" ) "(" operand "," operand ")"
 * operand = path | string | integer | decimal | "true" | "false" | "time" "(" string ")"
 * list    = "[" operand { "," operand } "]"
 * </pre>
 */
final class ConditionParser {
  /** Brackets and negations inside each other. */
  static final int MAX_DEPTH = 20;

  private final List<Token> tokens;
  private final AttributeSchema schema;
  private int next;
  private int depth;

  private ConditionParser(List<Token> tokens, AttributeSchema schema) {
    this.tokens = tokens;
    this.schema = schema;
  }

  /**
   * The tree of a text; blank text is always true.
   *
   * @throws ConditionSyntaxException with the position of the first mistake
   */
  static Expression parse(String text, AttributeSchema schema) {
    ConditionParser parser = new ConditionParser(Lexer.tokens(text), schema);
    if (parser.peek().kind() == Token.Kind.END) {
      return Expression.Constant.TRUE;
    }
    Expression expression = parser.or();
    Token rest = parser.peek();
    if (rest.kind() != Token.Kind.END) {
      throw new ConditionSyntaxException(rest.span().start(), "expected && or || or the end");
    }
    return expression;
  }

  private Expression or() {
    Expression first = and();
    return chain("||", first, Expression.Or::new, this::and);
  }

  private Expression and() {
    Expression first = unary();
    return chain("&&", first, Expression.And::new, this::unary);
  }

  private interface Junction {
    Expression of(Span span, List<Expression> parts);
  }

  private interface Part {
    Expression read();
  }

  private Expression chain(String sign, Expression first, Junction junction, Part part) {
    if (!peek().is(sign)) {
      return first;
    }
    List<Expression> parts = new ArrayList<>(List.of(first));
    while (accept(sign)) {
      parts.add(part.read());
    }
    return junction.of(first.span().to(parts.get(parts.size() - 1).span()), List.copyOf(parts));
  }

  private Expression unary() {
    Token start = peek();
    if (accept("!")) {
      deeper(start);
      Expression part = unary();
      depth--;
      return new Expression.Not(start.span().to(part.span()), part);
    }
    if (accept("(")) {
      deeper(start);
      Expression inner = or();
      expect(")");
      depth--;
      return inner;
    }
    return test();
  }

  private void deeper(Token at) {
    depth++;
    if (depth > MAX_DEPTH) {
      throw new ConditionSyntaxException(
          at.span().start(), "at most " + MAX_DEPTH + " brackets and negations inside each other");
    }
  }

  private Expression test() {
    Token start = peek();
    if (start.kind() == Token.Kind.NAME && tokens.get(next + 1).is("(")) {
      for (TextFunction function : TextFunction.values()) {
        if (start.text().equals(function.text())) {
          return call((span, text, part) -> new Expression.TextTest(span, function, text, part));
        }
      }
      if (start.isName("inCidr")) {
        return call(ConditionParser::inCidr);
      }
      if (start.isName("has")) {
        return has();
      }
    }
    Operand left = operand();
    for (Comparison comparison : Comparison.values()) {
      if (accept(comparison.text())) {
        Operand right = operand();
        return new Expression.Compare(left.span().to(right.span()), comparison, left, right);
      }
    }
    if (peek().isName("in")) {
      next++;
      Operand list = peek().is("[") ? list() : operand();
      return new Expression.In(left.span().to(list.span()), left, list);
    }
    if (left instanceof Operand.Path) {
      return new Expression.Holds(left.span(), left);
    }
    if (left instanceof Operand.Literal literal && literal.value() instanceof Boolean value) {
      return new Expression.Constant(literal.span(), Truth.of(value));
    }
    throw new ConditionSyntaxException(peek().span().start(), "expected a comparison");
  }

  private interface Call {
    Expression of(Span span, Operand first, Operand second);
  }

  private Expression call(Call call) {
    Token name = take();
    expect("(");
    Operand first = operand();
    expect(",");
    Operand second = operand();
    Token end = expect(")");
    return call.of(name.span().to(end.span()), first, second);
  }

  private static Expression inCidr(Span span, Operand address, Operand network) {
    Cidr cidr =
        network instanceof Operand.Literal literal && literal.value() instanceof String text
            ? Cidr.parse(text)
            : null;
    return new Expression.InCidr(span, address, network, cidr);
  }

  private Expression has() {
    Token name = take();
    expect("(");
    Operand path = operand();
    if (!(path instanceof Operand.Path)) {
      throw new ConditionSyntaxException(path.span().start(), "expected a path");
    }
    Token end = expect(")");
    return new Expression.Has(name.span().to(end.span()), path);
  }

  private Operand list() {
    Token start = expect("[");
    List<Operand.Literal> elements = new ArrayList<>();
    do {
      Operand element = operand();
      if (!(element instanceof Operand.Literal literal)) {
        throw new ConditionSyntaxException(element.span().start(), "expected a value");
      }
      elements.add(literal);
    } while (accept(","));
    Token end = expect("]");
    return new Operand.ListLiteral(start.span().to(end.span()), List.copyOf(elements));
  }

  private Operand operand() {
    Token token = take();
    Span span = token.span();
    return switch (token.kind()) {
      case STRING -> new Operand.Literal(span, AttributeType.STRING, token.text());
      case INTEGER -> integer(token);
      case DECIMAL -> decimal(token);
      case NAME -> named(token);
      case SIGN, END ->
          throw new ConditionSyntaxException(span.start(), "expected a path or a value");
    };
  }

  private static Operand integer(Token token) {
    try {
      return new Operand.Literal(token.span(), AttributeType.INTEGER, Long.parseLong(token.text()));
    } catch (NumberFormatException e) {
      throw new ConditionSyntaxException(token.span().start(), "an integer has 64 bits");
    }
  }

  private static Operand decimal(Token token) {
    BigDecimal value = new BigDecimal(token.text());
    if (!AttributeType.fits(value)) {
      throw new ConditionSyntaxException(token.span().start(), "a decimal has at most 34 digits");
    }
    return new Operand.Literal(token.span(), AttributeType.DECIMAL, value);
  }

  private Operand named(Token token) {
    if (token.isName("true") || token.isName("false")) {
      return new Operand.Literal(
          token.span(), AttributeType.BOOLEAN, Boolean.valueOf(token.text()));
    }
    if (token.isName("time") && peek().is("(")) {
      expect("(");
      Token text = take();
      Instant time = text.kind() == Token.Kind.STRING ? AttributeType.time(text.text()) : null;
      if (time == null) {
        throw new ConditionSyntaxException(
            text.span().start(), "expected a time such as \"2026-01-31T12:00:00Z\"");
      }
      Token end = expect(")");
      return new Operand.Literal(token.span().to(end.span()), AttributeType.TIME, time);
    }
    if (peek().is("(")) {
      throw new ConditionSyntaxException(token.span().start(), "there is no such function");
    }
    return new Operand.Path(token.span(), token.text(), schema.attribute(token.text()));
  }

  private Token peek() {
    return tokens.get(next);
  }

  private Token take() {
    Token token = tokens.get(next);
    if (token.kind() != Token.Kind.END) {
      next++;
    }
    return token;
  }

  private boolean accept(String sign) {
    if (peek().is(sign)) {
      next++;
      return true;
    }
    return false;
  }

  private Token expect(String sign) {
    Token token = take();
    if (!token.is(sign)) {
      throw new ConditionSyntaxException(token.span().start(), "expected " + sign);
    }
    return token;
  }
}
