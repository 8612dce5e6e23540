package io.platformapi.service.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Sends bytes as they are over a socket, for what no HTTP client would send. */
final class RawHttp {
  private static final int TIMEOUT_MILLIS = 10_000;

  private final int port;

  RawHttp(int port) {
    this.port = port;
  }

  /** One answer; the request must make the server close the connection. */
  Answer send(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Answer(text);
    }
  }

  /** An answer as text. */
  record Answer(String text) {

    int status() {
      return Integer.parseInt(text.split(" ")[1]);
    }

    Optional<String> header(String name) {
      return headers(name).stream().findFirst();
    }

    List<String> headers(String name) {
      List<String> values = new ArrayList<>();
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      for (String line : text.substring(0, text.indexOf("\r\n\r\n")).split("\r\n")) {
        if (line.toLowerCase(Locale.ROOT).startsWith(prefix)) {
          values.add(line.substring(prefix.length()).strip());
        }
      }
      return values;
    }

    String body() {
      return text.substring(text.indexOf("\r\n\r\n") + 4);
    }

    JsonNode error() throws IOException {
      String body = body();
      // A chunked body has its sizes around it.
      return new ObjectMapper()
          .readTree(body.substring(body.indexOf('{'), body.lastIndexOf('}') + 1))
          .path("error");
    }
  }
}
