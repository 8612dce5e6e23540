package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.io.IOContext;
import java.io.InputStream;

/** Makes parsers that skip fast. Bytes are UTF-8 (RFC 8259, section 8.1). */
final class UsageJsonFactory extends JsonFactory {
  private static final long serialVersionUID = 1L;

  UsageJsonFactory(JsonFactoryBuilder settings) {
    super(settings);
  }

  @Override
  protected JsonParser _createParser(InputStream in, IOContext context) {
    return new FastSkipParser(
        context,
        _parserFeatures,
        in,
        _byteSymbolCanonicalizer.makeChildOrPlaceholder(_factoryFeatures),
        context.allocReadIOBuffer(),
        0,
        0,
        true);
  }

  @Override
  protected JsonParser _createParser(byte[] data, int offset, int length, IOContext context) {
    return new FastSkipParser(
        context,
        _parserFeatures,
        null,
        _byteSymbolCanonicalizer.makeChildOrPlaceholder(_factoryFeatures),
        data,
        offset,
        offset + length,
        false);
  }
}
