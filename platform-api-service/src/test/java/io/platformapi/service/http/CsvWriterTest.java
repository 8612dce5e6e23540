package io.platformapi.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvWriterTest {

  @Test
  void rowsAreWrittenAsTheRfcHasIt() throws IOException {
    assertThat(
            written(
                csv -> {
                  csv.header("name", "count");
                  csv.text("plain").number(-7).money(Money.ofNanos(-330, "USD")).end();
                  csv.text("a,b").text("say \"no\"").text("two\nlines").text(null).end();
                  csv.text("é世界🙂").time(Instant.EPOCH).time(null).text(" x").text("").end();
                }))
        .isEqualTo(
            "name,count\r\n"
                + "plain,-7,-0.000000330\r\n"
                + "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\r\n"
                + "é世界🙂,1970-01-01T00:00:00Z,,\" x\",\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=\"a\""})
  void aTextIsNeverAFormula(String text) throws IOException {
    String cell = written(csv -> csv.text(text).end());
    assertThat(cell).containsPattern("^\"?'");
    assertThat(cell.replace("\"\"", "\"")).contains("'" + text);
  }

  private interface Rows {
    void write(CsvWriter csv) throws IOException;
  }

  private static String written(Rows rows) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CsvWriter csv = new CsvWriter(out);
    rows.write(csv);
    csv.flush();
    return out.toString(StandardCharsets.UTF_8);
  }
}
