package io.platformapi.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.service.problem.PreconditionFailedException;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import org.glassfish.jersey.server.ContainerRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharedPiecesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "\"7\" | true",
        "* | true",
        "\"1\", \"7\" | true",
        "\"8\" | false",
        "W/\"7\" | false",
        "7 | false",
        "\"77\" | false"
      })
  void ifMatchComparesStrongly(String header, boolean matches) {
    HttpHeaders headers = headers(HttpHeaders.IF_MATCH, header);
    if (matches) {
      assertThatCode(() -> Versions.check(headers, 7)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> Versions.check(headers, 7))
          .isInstanceOf(PreconditionFailedException.class);
    }
    assertThatThrownBy(() -> Versions.checkAbsent(headers))
        .isInstanceOf(PreconditionFailedException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {"\"7\" | true", "W/\"7\" | true", "* | true", "\"8\" | false", "7 | false"})
  void ifNoneMatchComparesWeakly(String header, boolean unchanged) {
    assertThat(Versions.unchanged(headers(HttpHeaders.IF_NONE_MATCH, header), 7))
        .isEqualTo(unchanged);
  }

  @ParameterizedTest
  @CsvSource({
    "0.000000330, 330",
    "12.345678901, 12345678901",
    "5, 5000000000",
    "-1.5, -1500000000",
    "9223372036.854775807, 9223372036854775807"
  })
  void moneyIsReadExactly(String amount, long nanos) {
    assertThat(new Money(amount, "USD").toNanos("budget")).isEqualTo(nanos);
    assertThat(new Money(Money.ofNanos(nanos, "USD").amount(), "USD").toNanos("budget"))
        .isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1e3", "+1", ".5", "1.", "0.0000000001", "9223372036.854775808", "1 ", "NaN"})
  void moneyThatIsNotExactIsRefused(String amount) {
    assertThatThrownBy(() -> new Money(amount, "USD").toNanos("budget"))
        .isInstanceOfSatisfying(
            ValidationException.class,
            e -> assertThat(e.fields().get(0).field()).isEqualTo("budget.amount"));
  }

  @Test
  void aCursorComesBackAsItWasAndServesItsOwnListOnly() {
    String text = Cursor.of("tenants", "a\u00e4b", 12L).encode();
    assertThat(text).matches("[A-Za-z0-9_-]+");
    Cursor read = Cursor.decode(text, "tenants", 2);
    assertThat(read.text(0)).isEqualTo("a\u00e4b");
    assertThat(read.number(1)).isEqualTo(12);
    assertThatThrownBy(() -> Cursor.decode(text, "users", 2))
        .isInstanceOf(ValidationException.class);
    assertThatThrownBy(() -> Cursor.decode(text, "tenants", 1))
        .isInstanceOf(ValidationException.class);
    assertThatThrownBy(() -> read.number(0)).isInstanceOf(ValidationException.class);
    assertThatThrownBy(() -> read.instant(0)).isInstanceOf(ValidationException.class);
    for (int i = 0; i < text.length(); i++) {
      char other = text.charAt(i) == 'A' ? 'B' : 'A';
      String changed = text.substring(0, i) + other + text.substring(i + 1);
      assertThatThrownBy(() -> Cursor.decode(changed, "tenants", 2))
          .isInstanceOf(ValidationException.class);
    }
  }

  @Test
  void limitsAreToldAsStructuredFields() {
    Response answer =
        RateLimit.put(
                Response.ok(),
                List.of(
                    new RateLimit("tokens", 1000, Duration.ofDays(1), 12, Duration.ofSeconds(90)),
                    new RateLimit("cost", 5, null, -1, null)))
            .build();
    assertThat(answer.getHeaderString("RateLimit-Policy"))
        .isEqualTo("\"tokens\";q=1000;w=86400, \"cost\";q=5");
    assertThat(answer.getHeaderString("RateLimit")).isEqualTo("\"tokens\";r=12;t=90, \"cost\";r=0");
  }

  @Test
  void idsAreVersionSevenAndInOrderOfTime() {
    assertThat(Uuid7.next().version()).isEqualTo(7);
    assertThat(Uuid7.next().variant()).isEqualTo(2);
  }

  private static HttpHeaders headers(String name, String value) {
    ContainerRequest request = new ContainerRequest(null, null, "GET", null, null, null);
    request.header(name, value);
    return request;
  }
}
