package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.IOException;
import java.io.InputStream;

/**
 * Jackson's parser of UTF-8 that skips by {@link JsonScan} what is wholly in its buffer. That is
 * fast, and keeps names that callers chose out of Jackson's table of names, which refuses a text
 * with too many of one hash.
 */
final class FastSkipParser extends UTF8StreamJsonParser {
  private JsonScan scan;

  FastSkipParser(
      IOContext context,
      int features,
      InputStream in,
      ByteQuadsCanonicalizer symbols,
      byte[] buffer,
      int start,
      int end,
      boolean recyclable) {
    super(context, features, in, null, symbols, buffer, start, end, 0, recyclable);
  }

  @Override
  public JsonParser skipChildren() throws IOException {
    if (_currToken != JsonToken.START_OBJECT && _currToken != JsonToken.START_ARRAY) {
      return this;
    }
    if (scan == null) {
      scan = new JsonScan();
    }
    scan.over(_inputBuffer, _inputEnd);
    int at = scan.value(_inputPtr - 1);
    int outer = _parsingContext.getNestingDepth() - 1;
    if (at < 0 || outer + JsonScan.MAX_DEPTH > UsageJson.MAX_DEPTH) {
      return super.skipChildren();
    }
    _inputPtr = at;
    _currToken = _currToken == JsonToken.START_OBJECT ? JsonToken.END_OBJECT : JsonToken.END_ARRAY;
    _parsingContext = _parsingContext.clearAndGetParent();
    return this;
  }
}
