package io.platformapi.service.policy.condition;

import java.util.ArrayList;
import java.util.List;

/** Cuts a condition into words. */
final class Lexer {
  private static final List<String> SIGNS =
      List.of("==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ",");

  private final String text;
  private int position;

  private Lexer(String text) {
    this.text = text;
  }

  /** All words, the last one is the end. */
  static List<Token> tokens(String text) {
    Lexer lexer = new Lexer(text);
    List<Token> tokens = new ArrayList<>();
    Token token;
    do {
      token = lexer.next();
      tokens.add(token);
    } while (token.kind() != Token.Kind.END);
    return tokens;
  }

  private Token next() {
    while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
    if (position == text.length()) {
      return new Token(Token.Kind.END, "", new Span(position, position));
    }
    char c = text.charAt(position);
    if (c == '"' || c == '\'') {
      return string(c);
    }
    if (letter(c)) {
      return name();
    }
    if (digit(c)
        || (c == '-' && position + 1 < text.length() && digit(text.charAt(position + 1)))) {
      return number();
    }
    for (String sign : SIGNS) {
      if (text.startsWith(sign, position)) {
        int start = position;
        position += sign.length();
        return new Token(Token.Kind.SIGN, sign, new Span(start, position));
      }
    }
    throw new ConditionSyntaxException(position, "this character has no meaning here");
  }

  private Token name() {
    int start = position;
    while (position < text.length()
        && (letter(text.charAt(position))
            || digit(text.charAt(position))
            || text.charAt(position) == '.')) {
      position++;
    }
    return new Token(Token.Kind.NAME, text.substring(start, position), new Span(start, position));
  }

  private Token number() {
    int start = position++;
    digits();
    boolean decimal =
        position + 1 < text.length()
            && text.charAt(position) == '.'
            && digit(text.charAt(position + 1));
    if (decimal) {
      position++;
      digits();
    }
    if (position < text.length()
        && (letter(text.charAt(position)) || text.charAt(position) == '.')) {
      throw new ConditionSyntaxException(position, "a number ends here");
    }
    return new Token(
        decimal ? Token.Kind.DECIMAL : Token.Kind.INTEGER,
        text.substring(start, position),
        new Span(start, position));
  }

  private void digits() {
    while (position < text.length() && digit(text.charAt(position))) {
      position++;
    }
  }

  private Token string(char quote) {
    int start = position++;
    StringBuilder value = new StringBuilder();
    while (position < text.length() && text.charAt(position) != quote) {
      char c = text.charAt(position);
      if (c < ' ') {
        throw new ConditionSyntaxException(position, "a string has no control characters");
      }
      if (reorders(c)) {
        throw new ConditionSyntaxException(
            position, "a string has no characters that change the direction of text");
      }
      if (c == '\\') {
        position++;
        if (position == text.length() || "\\\"'".indexOf(text.charAt(position)) < 0) {
          throw new ConditionSyntaxException(
              position, "a backslash stands before a quote or a backslash");
        }
        c = text.charAt(position);
      }
      value.append(c);
      position++;
    }
    if (position == text.length()) {
      throw new ConditionSyntaxException(start, "the string has no end");
    }
    position++;
    if (!AttributeType.storable(value.toString())) {
      throw new ConditionSyntaxException(start, "the string is not well-formed Unicode");
    }
    return new Token(Token.Kind.STRING, value.toString(), new Span(start, position));
  }

  /** A condition with such characters would not read as it is evaluated (CVE-2021-42574). */
  private static boolean reorders(char c) {
    return c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069';
  }

  private static boolean letter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }
}
