package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.AttributeType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Evaluates a condition while it reads the text, the slow and plain way, and shares no code with
 * the product. True, false, or null for unknown.
 */
final class NaiveInterpreter {
  private static final Pattern WORD =
      Pattern.compile(
          "\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|-?\\d+(?:\\.\\d+)?|[A-Za-z_][\\w.]*"
              + "|==|!=|<=|>=|&&|\\|\\||[<>!()\\[\\],])");
  private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-f:]*:[0-9a-f:]*");

  /** A value that is there but cannot be used. */
  private static final Object WRONG = new Object();

  private final List<String> words = new ArrayList<>();
  private final Map<String, Object> values;
  private final Map<String, AttributeType> types;
  private int at;

  private NaiveInterpreter(
      String text, Map<String, Object> values, Map<String, AttributeType> types) {
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      words.add(matcher.group(1));
    }
    words.add("");
    this.values = values;
    this.types = types;
  }

  static Boolean evaluate(
      String text, Map<String, Object> values, Map<String, AttributeType> types) {
    NaiveInterpreter interpreter = new NaiveInterpreter(text, values, types);
    if (interpreter.words.size() == 1) {
      return true;
    }
    Boolean result = interpreter.or();
    if (interpreter.at != interpreter.words.size() - 1) {
      throw new IllegalStateException("not read to the end: " + text);
    }
    return result;
  }

  private boolean next(String word) {
    if (words.get(at).equals(word)) {
      at++;
      return true;
    }
    return false;
  }

  private Boolean or() {
    Boolean result = and();
    while (next("||")) {
      Boolean other = and();
      result =
          Boolean.TRUE.equals(result) || Boolean.TRUE.equals(other)
              ? Boolean.TRUE
              : result == null || other == null ? null : Boolean.FALSE;
    }
    return result;
  }

  private Boolean and() {
    Boolean result = not();
    while (next("&&")) {
      Boolean other = not();
      result =
          Boolean.FALSE.equals(result) || Boolean.FALSE.equals(other)
              ? Boolean.FALSE
              : result == null || other == null ? null : Boolean.TRUE;
    }
    return result;
  }

  private Boolean not() {
    if (next("!")) {
      Boolean part = not();
      return part == null ? null : !part;
    }
    if (next("(")) {
      Boolean inner = or();
      at++;
      return inner;
    }
    return test();
  }

  private Boolean test() {
    String word = words.get(at);
    if (words.get(at + 1).equals("(") && !word.equals("time")) {
      return call(word);
    }
    Object left = value();
    String sign = words.get(at);
    if (List.of("==", "!=", "<", "<=", ">", ">=").contains(sign)) {
      at++;
      return compare(left, sign, value());
    }
    if (next("in")) {
      return in(left);
    }
    return left == null || left == WRONG ? null : (Boolean) left;
  }

  private Boolean in(Object left) {
    List<Object> list = new ArrayList<>();
    if (next("[")) {
      do {
        list.add(value());
      } while (next(","));
      at++;
    } else {
      Object read = value();
      if (read == null || read == WRONG) {
        return null;
      }
      list.addAll((Collection<?>) read);
    }
    if (left == null || left == WRONG) {
      return null;
    }
    boolean found = false;
    for (Object element : list) {
      found |= compare(left, "==", element);
    }
    return found;
  }

  private static Boolean compare(Object left, String sign, Object right) {
    if (left == null || right == null || left == WRONG || right == WRONG) {
      return null;
    }
    int order;
    if (left instanceof Number && right instanceof Number) {
      order = new BigDecimal(left.toString()).compareTo(new BigDecimal(right.toString()));
    } else if (left instanceof Instant time) {
      order = time.compareTo((Instant) right);
    } else {
      order = left.equals(right) ? 0 : 1;
    }
    return switch (sign) {
      case "==" -> order == 0;
      case "!=" -> order != 0;
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private Boolean call(String function) {
    at += 2;
    Object first = value();
    if (function.equals("has")) {
      at++;
      return first == WRONG ? null : Boolean.valueOf(first != null);
    }
    at++;
    Object second = value();
    at++;
    if (first == null || second == null || first == WRONG || second == WRONG) {
      return null;
    }
    String text = (String) first;
    String part = (String) second;
    return switch (function) {
      case "startsWith" -> text.indexOf(part) == 0;
      case "endsWith" ->
          text.length() >= part.length()
              && text.substring(text.length() - part.length()).equals(part);
      case "contains" -> text.indexOf(part) >= 0;
      default -> inNetwork(text, part);
    };
  }

  /** Null when the text is no address; jCasbin's ipMatch throws at every IPv6 address. */
  static Boolean inNetwork(String text, String network) {
    try {
      if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
        return null;
      }
      String[] parts = network.split("/");
      byte[] address = InetAddress.getByName(text).getAddress();
      byte[] base = InetAddress.getByName(parts[0]).getAddress();
      int shift = base.length * 8 - Integer.parseInt(parts[1]);
      return address.length == base.length
          && new BigInteger(1, address)
              .shiftRight(shift)
              .equals(new BigInteger(1, base).shiftRight(shift));
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private Object value() {
    String word = words.get(at++);
    if (word.equals("true") || word.equals("false")) {
      return word.equals("true");
    }
    if (word.equals("time")) {
      at++;
      String text = words.get(at++);
      at++;
      return OffsetDateTime.parse(text.substring(1, text.length() - 1)).toInstant();
    }
    char first = word.charAt(0);
    if (first == '"' || first == '\'') {
      return word.substring(1, word.length() - 1).replaceAll("\\\\(.)", "$1");
    }
    if (first == '-' || Character.isDigit(first)) {
      return new BigDecimal(word);
    }
    return attribute(word);
  }

  private Object attribute(String path) {
    Object value = values.get(path);
    if (value == null) {
      return null;
    }
    return switch (types.get(path)) {
      case STRING -> value instanceof String text && well(text) ? text : WRONG;
      case INTEGER -> value instanceof Integer || value instanceof Long ? value : WRONG;
      case DECIMAL -> value instanceof Number ? value : WRONG;
      case BOOLEAN -> value instanceof Boolean ? value : WRONG;
      case TIME -> time(value);
      case STRING_LIST ->
          value instanceof Collection<?> list
                  && list.stream().allMatch(one -> one instanceof String text && well(text))
              ? value
              : WRONG;
    };
  }

  private static boolean well(String text) {
    return !text.equals("\ud800");
  }

  private static Object time(Object value) {
    if (value instanceof Instant time) {
      return time.truncatedTo(ChronoUnit.MICROS);
    }
    try {
      return value instanceof String text ? OffsetDateTime.parse(text).toInstant() : WRONG;
    } catch (DateTimeException e) {
      return WRONG;
    }
  }
}
