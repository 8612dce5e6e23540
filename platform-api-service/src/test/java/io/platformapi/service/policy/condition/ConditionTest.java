package io.platformapi.service.policy.condition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {
  private static final AttributeSchema SCHEMA =
      AttributeSchema.builtIn()
          .with(
              Map.of(
                  "subject.name", AttributeType.STRING,
                  "subject.level", AttributeType.INTEGER,
                  "subject.score", AttributeType.DECIMAL,
                  "subject.open", AttributeType.BOOLEAN,
                  "subject.since", AttributeType.TIME,
                  "resource.address", AttributeType.STRING));

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          subject.name =                          ~ 13 ~ this character has no meaning here
          subject.name ==                         ~ 15 ~ expected a path or a value
          (subject.open                           ~ 13 ~ expected )
          subject.open)                           ~ 12 ~ expected && or || or the end
          subject.name == "x                      ~ 16 ~ the string has no end
          subject.name == "\\n"                   ~ 18 ~ a backslash stands before a quote or a backslash
          subject.name == 'a' & subject.open      ~ 20 ~ this character has no meaning here
          "a"                                     ~ 3  ~ expected a comparison
          subject.level == 12a                    ~ 19 ~ a number ends here
          subject.level == 9223372036854775808    ~ 17 ~ an integer has 64 bits
          subject.score == 0.12345678901234567890123456789012345 ~ 17 ~ a decimal has at most 34 digits
          subject.since > time("yesterday")       ~ 21 ~ expected a time such as "2026-01-31T12:00:00Z"
          regex(subject.name, "x")                ~ 0  ~ there is no such function
          has("x")                                ~ 4  ~ expected a path
          subject.name in [subject.name]          ~ 17 ~ expected a value
          subject.nme == "x"                      ~ 0  ~ subject.nme is not a declared attribute
          subject.open && nobody                  ~ 16 ~ nobody is not a declared attribute
          "a" == "b"                              ~ 0  ~ one side must be an attribute
          subject.name == 1                       ~ 16 ~ string cannot be compared with integer
          subject.name < "x"                      ~ 0  ~ only numbers and times are ordered
          subject.open > true                     ~ 0  ~ only numbers and times are ordered
          subject.roles == "x"                    ~ 0  ~ a list is asked with in
          subject.roles in ["x"]                  ~ 0  ~ expected one value
          subject.level in [1, "x"]               ~ 21 ~ expected integer
          subject.level in subject.roles          ~ 0  ~ expected string
          subject.name in subject.level           ~ 16 ~ expected string_list
          subject.name                            ~ 0  ~ expected boolean
          startsWith(subject.level, "x")          ~ 11 ~ expected string
          inCidr(env.ip, "10.0.0.1/8")            ~ 15 ~ expected a network such as "10.0.0.0/8"
          inCidr(resource.address, "10.0.0.0/8")  ~ 7  ~ inCidr reads addresses of subject and env only
          """)
  void aMistakeIsToldWithItsPosition(String text, int position, String message) {
    assertThat(problems(text)).containsExactly(new ConditionProblem(position, message));
  }

  @Test
  void allMistakesOfMeaningAreToldAtOnce() {
    assertThat(problems("subject.a == 1 && subject.name == 1 && subject.b"))
        .extracting(ConditionProblem::position)
        .containsExactly(0, 34, 39);
  }

  @Test
  void aConditionHasALimitedLengthDepthAndNumberOfParts() {
    assertThat(problems(" ".repeat(CostLimit.MAX_LENGTH + 1))).hasSize(1);
    int deep = ConditionParser.MAX_DEPTH;
    String open = "subject.open";
    assertThat(problems("(".repeat(deep) + open + ")".repeat(deep))).isEmpty();
    assertThat(problems("(".repeat(deep + 1) + open + ")".repeat(deep + 1)))
        .containsExactly(
            new ConditionProblem(deep, "at most 20 brackets and negations inside each other"));
    assertThat(problems("!".repeat(3_000) + open)).hasSize(1);
    String many = String.join(" || ", Collections.nCopies(99, open));
    assertThat(problems(many)).isEmpty();
    assertThat(problems(many + " || " + open))
        .containsExactly(new ConditionProblem(0, "at most 200 parts; these are 201"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          ``                                               ~ TRUE
          true && !false                                   ~ TRUE
          subject.name == 'ann'                            ~ TRUE
          "it's" != subject.name                           ~ TRUE
          subject.level == 3                               ~ TRUE
          subject.level >= 3.0                             ~ TRUE
          subject.level < -1                               ~ FALSE
          subject.score == 1.50                            ~ TRUE
          subject.score in [2, 1.500]                      ~ TRUE
          subject.level in [1, 2]                          ~ FALSE
          subject.open                                     ~ TRUE
          subject.open == false                            ~ FALSE
          subject.since > time('2025-12-31T23:00:00-02:00')~ FALSE
          subject.since == time('2026-01-01T01:00:00+01:00')~ TRUE
          'admin' in subject.roles                         ~ TRUE
          subject.name in subject.roles                    ~ FALSE
          contains(subject.name, '')                       ~ TRUE
          endsWith('joann', subject.name)                  ~ TRUE
          startsWith(subject.name, 'nn')                   ~ FALSE
          inCidr(env.ip, '10.0.0.0/8')                     ~ TRUE
          resource.address == 'x'                          ~ UNKNOWN
          !(resource.address == 'x')                       ~ UNKNOWN
          resource.address == 'x' && false                 ~ FALSE
          resource.address == 'x' && true                  ~ UNKNOWN
          resource.address == 'x' || true                  ~ TRUE
          resource.address == 'x' || false                 ~ UNKNOWN
          has(resource.address)                            ~ FALSE
          has(subject.name)                                ~ TRUE
          """)
  void aConditionHasOneOfThreeValues(String text, Truth expected) throws Exception {
    assertThat(Condition.of(text == null ? "" : text, SCHEMA).evaluate(new Person()))
        .isEqualTo(expected);
  }

  @Test
  void aLongTextIsFoundWhereverItStands() {
    Random random = new Random(7);
    int found = 0;
    for (int i = 0; i < 5_000; i++) {
      String whole = letters(random, random.nextInt(200));
      String part = letters(random, 33 + random.nextInt(20));
      if (random.nextBoolean()) {
        int at = random.nextInt(whole.length() + 1);
        whole = whole.substring(0, at) + part + whole.substring(at);
      }
      boolean holds = TextFunction.CONTAINS.holds(whole, part);
      assertThat(holds).as("%s in %s", part, whole).isEqualTo(whole.contains(part));
      found += holds ? 1 : 0;
    }
    assertThat(found).isBetween(2_000, 4_000);
  }

  /** Mostly the same letter, so that many beginnings match. */
  private static String letters(Random random, int length) {
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append(random.nextInt(8) == 0 ? 'b' : 'a');
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(chars = {'\u202a', '\u202e', '\u2066', '\u2069'})
  void aConditionReadsAsItIsEvaluated(char reordering) {
    assertThat(problems("subject.name == 'a" + reordering + "b'"))
        .containsExactly(
            new ConditionProblem(
                18, "a string has no characters that change the direction of text"));
  }

  @Test
  void aValueOfAnotherTypeIsUnknownAndReported() throws Exception {
    Person person = new Person();
    person.values.put("subject.level", AttributeType.normalised("3"));
    assertThat(Condition.of("subject.level == 3", SCHEMA).evaluate(person))
        .isEqualTo(Truth.UNKNOWN);
    assertThat(Condition.of("has(subject.level)", SCHEMA).evaluate(person))
        .isEqualTo(Truth.UNKNOWN);
    person.values.put("env.ip", "localhost");
    assertThat(Condition.of("inCidr(env.ip, '0.0.0.0/0')", SCHEMA).evaluate(person))
        .isEqualTo(Truth.UNKNOWN);
    assertThat(person.reported)
        .containsExactly(
            "subject.level is not of type integer",
            "subject.level is not of type integer",
            "env.ip is not an IP address");
  }

  @Test
  void valuesThatPostgresCannotStoreOrCompareAlikeOrThatAreTooLargeAreOfNoType() {
    for (Object value :
        List.of(
            "a\0b",
            "\ud83d",
            "\ude00\ud83d",
            Double.NaN,
            new BigDecimal("1e40"),
            Instant.MAX,
            List.of("a", 1),
            "a".repeat(AttributeType.MAX_TEXT + 1),
            List.of("a".repeat(AttributeType.MAX_TEXT + 1)),
            Collections.nCopies(AttributeType.MAX_LIST + 1, "a"),
            new Object())) {
      Object normalised = AttributeType.normalised(value);
      for (AttributeType type : AttributeType.values()) {
        assertThat(type.read(normalised)).as("%s as %s", value, type).isNull();
      }
    }
    assertThat(AttributeType.normalised("\ud83d\ude00")).isEqualTo("\ud83d\ude00");
    assertThat(AttributeType.normalised(Instant.parse("2026-01-01T00:00:00.000000999Z")))
        .isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(AttributeType.normalised(0.1)).isEqualTo(new BigDecimal("0.1"));
  }

  @Test
  void aSchemaKeepsItsTypes() {
    assertThat(SCHEMA.problem("subject.level", AttributeType.INTEGER)).isEmpty();
    assertThat(SCHEMA.problem("subject.level", AttributeType.STRING))
        .contains("is declared as integer");
    assertThat(SCHEMA.problem("subject.id", AttributeType.INTEGER)).isPresent();
    for (String path : List.of("level", "user.level", "subject.", "subject.a.b", "subject.9", "")) {
      assertThat(SCHEMA.problem(path, AttributeType.STRING)).as(path).isPresent();
    }
    assertThat(SCHEMA.problem("subject.return", AttributeType.STRING))
        .contains("is a reserved word");
    assertThatThrownBy(() -> SCHEMA.with(Map.of("subject.id", AttributeType.TIME)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(SCHEMA.attributes()).containsEntry("env.time", AttributeType.TIME);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
    "10.0.0.0/8, ::ffff:a01:203, true",
    "10.1.2.2/31, 10.1.2.3, true",
    "10.1.2.2/31, 10.1.2.4, false",
    "0.0.0.0/0, ::1, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::/0, fe80::1, true",
    "1:2:3:4:5:6:7:8/128, 1:2:3:4:5:6:7:8, true",
    "1:2:3:4:5:6:7:8/128, 1:2:3:4:5:6:7:9, false",
  })
  void aNetworkHasItsAddresses(String network, String address, boolean expected) {
    assertThat(Cidr.parse(network).contains(Cidr.address(address))).isEqualTo(expected);
  }

  @Test
  void whatIsNoAddressIsNotRead() {
    for (String text :
        List.of(
            "",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.256",
            "01.2.3.4",
            "1.2.3.",
            "1..2.3",
            "a.b.c.d",
            ":",
            ":::",
            "1::2::3",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "12345::",
            "g::1",
            "1:2:3:4:5:6:7::8",
            "::1%eth0",
            "::1.2.3",
            "localhost",
            "1:2:3:4:5:6:7:",
            "\u0661::1")) {
      assertThat(Cidr.address(text)).as(text).isNull();
    }
    for (String text :
        List.of(
            "10.0.0.0",
            "10.0.0.0/33",
            "10.0.0.1/8",
            "::/129",
            "x/8",
            "1.0.0.0/-1",
            "::ffff:1.0.0.0/104")) {
      assertThat(Cidr.parse(text)).as(text).isNull();
    }
  }

  private static List<ConditionProblem> problems(String text) {
    try {
      Condition.of(text, SCHEMA);
      return List.of();
    } catch (InvalidConditionException e) {
      return e.problems();
    }
  }

  private static final class Person implements Facts {
    private final Map<String, Object> values =
        new HashMap<>(
            Map.of(
                "subject.name",
                "ann",
                "subject.level",
                3L,
                "subject.score",
                new BigDecimal("1.5"),
                "subject.open",
                true,
                "subject.since",
                Instant.parse("2026-01-01T00:00:00Z"),
                "subject.roles",
                List.of("admin"),
                "env.ip",
                "10.9.8.7"));
    private final List<String> reported = new ArrayList<>();

    @Override
    public Object value(Attribute attribute) {
      return values.get(attribute.path());
    }

    @Override
    public void unreadable(Attribute attribute, String message) {
      reported.add(attribute.path() + " " + message);
    }
  }
}
