package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;

/** The JSON dialect of usage events. */
final class UsageJson {
  /**
   * Deeper than any prompt that a JSON library of LiteLLM could have written, and still no danger:
   * nothing here recurses.
   */
  static final int MAX_DEPTH = 2_000;

  private UsageJson() {}

  /**
   * Python writes NaN and Infinity. The length limits are those of the body: a long name or number
   * inside somebody's prompt must not cost the 511 other events of the same post.
   */
  static JsonFactory factory() {
    JsonFactoryBuilder settings = new JsonFactoryBuilder();
    settings
        .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        // Half a surrogate pair can only be written as an escape.
        .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNumberLength(Integer.MAX_VALUE)
                .maxNameLength(Integer.MAX_VALUE)
                .build());
    return new UsageJsonFactory(settings);
  }
}
