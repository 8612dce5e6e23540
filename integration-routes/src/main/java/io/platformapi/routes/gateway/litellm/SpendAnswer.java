package io.platformapi.routes.gateway.litellm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.platformapi.routes.message.RowFault;
import io.platformapi.routes.message.SpendRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One answer of {@code /spend/logs/v2}.
 *
 * @param rows usable rows
 * @param faults the others
 * @param total rows of the window as counted by the gateway, which stops counting at its cap
 * @param pageSize rows that a full page of it has, or 0 when it does not say
 * @param capped whether it has stopped counting
 */
record SpendAnswer(
    List<SpendRow> rows, List<RowFault> faults, long total, int pageSize, boolean capped) {
  /** SPEND_LOGS_PAGINATION_COUNT_CAP in LiteLLM's spend_management_endpoints.py. */
  private static final long CAP = 10_000;

  /** How many rows the answer brought. */
  int size() {
    return rows.size() + faults.size();
  }

  /**
   * Reads an answer, one row in memory at a time beside the small records that are made of them.
   *
   * @throws IOException when it is not such an answer
   */
  static SpendAnswer read(byte[] body, JsonFactory json) throws IOException {
    Collector page = new Collector();
    try (JsonParser parser = json.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not an object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "data" -> page.data(parser, json);
          case "total" -> page.total = count(parser);
          case "page_size" -> page.pageSize = (int) Math.min(count(parser), Integer.MAX_VALUE);
          case "total_is_capped" -> page.capped = parser.currentToken() == JsonToken.VALUE_TRUE;
          default -> parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw new IOException("more than one object");
      }
    }
    if (!page.present || page.total < 0) {
      throw new IOException("no rows or no total");
    }
    return new SpendAnswer(
        page.rows, page.faults, page.total, page.pageSize, page.capped || page.total >= CAP);
  }

  private static long count(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        || parser.getLongValue() < 0) {
      throw new IOException("not a count");
    }
    return parser.getLongValue();
  }

  private static final class Collector implements SpendRowReader.Sink {
    private final List<SpendRow> rows = new ArrayList<>();
    private final List<RowFault> faults = new ArrayList<>();
    private boolean present;
    private boolean capped;
    private long total = -1;
    private int pageSize;

    void data(JsonParser parser, JsonFactory json) throws IOException {
      if (parser.currentToken() != JsonToken.START_ARRAY) {
        throw new IOException("no list of rows");
      }
      present = true;
      SpendRowReader reader = new SpendRowReader(json);
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        reader.read(parser, this);
      }
    }

    @Override
    public void row(SpendRow row) {
      rows.add(row);
    }

    @Override
    public void fault(RowFault fault) {
      faults.add(fault);
    }
  }
}
