package io.platformapi.service.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.TreeMap;

/**
 * An answer as it is kept for repeated requests.
 *
 * @param headers JSON object
 * @param body JSON, or null
 */
record StoredAnswer(int status, String headers, String body) {
  private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

  static StoredAnswer of(Response response, ObjectMapper mapper) {
    Map<String, String> headers = new TreeMap<>();
    for (String name : response.getStringHeaders().keySet()) {
      headers.put(name, response.getHeaderString(name));
    }
    return new StoredAnswer(
        response.getStatus(),
        json(headers, mapper),
        response.hasEntity() ? json(response.getEntity(), mapper) : null);
  }

  Response replay(ObjectMapper mapper) {
    Response.ResponseBuilder replay =
        Response.status(status).header(Idempotency.REPLAYED_HEADER, "true");
    try {
      mapper.readValue(headers, HEADERS).forEach(replay::header);
      if (body != null) {
        // As text: the same characters again, not a value that is written anew.
        replay.header(HttpHeaders.CONTENT_TYPE, null).type(MediaType.APPLICATION_JSON_TYPE);
        replay.entity(body);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a stored answer cannot be read", e);
    }
    return replay.build();
  }

  private static String json(Object value, ObjectMapper mapper) {
    try {
      return mapper.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer cannot be stored", e);
    }
  }
}
