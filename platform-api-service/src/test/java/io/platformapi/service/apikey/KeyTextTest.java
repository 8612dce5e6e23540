package io.platformapi.service.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyTextTest {
  private final SecureRandom random = new SecureRandom();

  @Test
  void aKeyIsReadBackAsItWasMadeAndNoTwoAreAlike() {
    Set<String> prefixes = new HashSet<>();
    Set<String> secrets = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      KeyText key = KeyText.random(random);
      assertThat(key.reveal()).matches("pak_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}");
      KeyText read = KeyText.parse(key.reveal()).orElseThrow();
      assertThat(read.prefix()).isEqualTo(key.prefix());
      assertThat(read.hashed()).isEqualTo(key.hashed());
      assertThat(prefixes.add(key.prefix())).isTrue();
      assertThat(secrets.add(key.reveal().split("_")[2])).isTrue();
    }
  }

  @Test
  void everyTypingErrorIsRefusedByTheKeyAlone() {
    String text = KeyText.random(random).reveal();
    for (int i = 0; i < text.length(); i++) {
      for (char other : new char[] {'0', 'Z', 'a', '_', ' ', '-', 'é'}) {
        if (text.charAt(i) != other) {
          String wrong = text.substring(0, i) + other + text.substring(i + 1);
          assertThat(KeyText.parse(wrong)).as(wrong).isEmpty();
        }
      }
      String shorter = text.substring(0, i) + text.substring(i + 1);
      assertThat(KeyText.parse(shorter)).as(shorter).isEmpty();
    }
    for (int i = 5; i + 1 < text.length(); i++) {
      if (text.charAt(i) != text.charAt(i + 1)) {
        String turned =
            text.substring(0, i) + text.charAt(i + 1) + text.charAt(i) + text.substring(i + 2);
        assertThat(KeyText.parse(turned)).as(turned).isEmpty();
      }
    }
  }

  @Test
  void theSecretIsNotInWhatIsPrinted() {
    KeyText key = KeyText.random(random);
    assertThat(key.toString()).isEqualTo("pak_" + key.prefix());
  }
}
