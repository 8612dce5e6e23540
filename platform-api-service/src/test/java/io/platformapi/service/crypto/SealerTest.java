package io.platformapi.service.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SealerTest {
  private static final String OLD = "old:" + base64("an old secret of 32 bytes or more");
  private static final String NEW = "new:" + base64("a new secret of 32 bytes and more");
  private static final String PLACE = "acme POST v1/api-keys";

  private final Sealer before = sealer(OLD);

  @Test
  void whatIsSealedOpensInItsPlaceOnly() {
    String sealed = before.seal("the answer ☂", PLACE);
    assertThat(sealed).startsWith("old.").doesNotContain("answer");
    assertThat(before.open(sealed, PLACE)).contains("the answer ☂");
    assertThat(before.open(sealed, "globex POST v1/api-keys")).isEmpty();
    assertThat(before.seal("the answer ☂", PLACE)).isNotEqualTo(sealed);
  }

  @Test
  void anotherSecretTakesOverWhileTheOldOneStillOpens() {
    String sealed = before.seal("text", PLACE);
    Sealer during = sealer(NEW + "," + OLD);
    assertThat(during.open(sealed, PLACE)).contains("text");
    String anew = during.seal("text", PLACE);
    assertThat(anew).startsWith("new.");
    assertThat(sealer(NEW).open(anew, PLACE)).contains("text");
    assertThat(sealer(NEW).open(sealed, PLACE)).isEmpty();
  }

  @Test
  void aChangedTextDoesNotOpen() {
    String sealed = before.seal("text", PLACE);
    for (int i = 0; i < sealed.length() - 1; i++) {
      char other = sealed.charAt(i) == 'A' ? 'B' : 'A';
      String changed = sealed.substring(0, i) + other + sealed.substring(i + 1);
      assertThat(before.open(changed, PLACE)).as(changed).isEmpty();
    }
    for (String none : new String[] {"", ".", "old.", "old", "old.AAAA", "old.???", "text"}) {
      assertThat(before.open(none, PLACE)).as(none).isEmpty();
    }
  }

  @Test
  void eachPurposeHasSecretsOfItsOwn() {
    KeyRing secrets = KeyRing.parse(OLD);
    assertThat(secrets.derive("one").hmac("old", "text").orElseThrow())
        .isEqualTo(secrets.derive("one").hmac("old", "text").orElseThrow())
        .isNotEqualTo(secrets.derive("two").hmac("old", "text").orElseThrow())
        .isNotEqualTo(secrets.hmac("old", "text").orElseThrow());
    assertThat(secrets.hmac("new", "text")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', id:base64",
    "secret, id:base64",
    ":c2VjcmV0, id:base64",
    "one:c2VjcmV0, at least 32 bytes",
    "one:c2V-cmV0, not base64",
  })
  void secretsThatCannotBeUsedAreRefusedWithoutTellingThem(String text, String reason) {
    assertThatThrownBy(() -> KeyRing.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining("c2V");
  }

  @Test
  void twoSecretsOfOneIdAreRefused() {
    assertThatThrownBy(() -> KeyRing.parse(OLD + "," + OLD)).hasMessageContaining("old");
    assertThat(KeyRing.parse(NEW + " , " + OLD)).hasToString("KeyRing[new, old]");
  }

  private static Sealer sealer(String secrets) {
    return new Sealer(KeyRing.parse(secrets).derive("the test"));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
