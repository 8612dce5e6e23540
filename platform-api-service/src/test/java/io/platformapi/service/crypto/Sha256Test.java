package io.platformapi.service.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Sha256Test {
  @Test
  void theDigestOfTheStandardsExampleIsTheStandards() {
    assertThat(Sha256.hex("abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void partsAreDigestedAsIfTheyWereOne() {
    assertThat(Sha256.digest("a".getBytes(UTF_8), "bc".getBytes(UTF_8)))
        .isEqualTo(Sha256.digest("abc"));
  }

  @Test
  void textIsDigestedAsUtf8() {
    assertThat(Sha256.digest("\u00e9"))
        .isEqualTo(Sha256.digest(new byte[] {(byte) 0xc3, (byte) 0xa9}));
  }
}
