package io.platformapi.routes.support;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The logger in docs/litellm cuts as this does; its test_record.py has the same texts. */
class DisplayTextTest {
  @Test
  void aLongTextKeepsItsBeginningAndAHashOfTheWhole() {
    assertThat(DisplayText.clean("u".repeat(256))).isEqualTo("u".repeat(256));
    assertThat(DisplayText.clean("u".repeat(257))).isEqualTo("u".repeat(239) + "~9b6d95746a532124");
    assertThat(DisplayText.clean("😀".repeat(200)))
        .isEqualTo("😀".repeat(119) + "\uFFFD" + "~b043465a975dac2b");
  }

  @Test
  void whatWasCutStaysAsItIs() {
    String cut = DisplayText.clean("😀".repeat(200));
    assertThat(DisplayText.clean(cut)).isEqualTo(cut);
  }
}
