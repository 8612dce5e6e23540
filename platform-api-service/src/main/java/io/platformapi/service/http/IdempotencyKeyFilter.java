package io.platformapi.service.http;

import io.platformapi.service.crypto.Sha256;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** Reads the Idempotency-Key and takes the fingerprint of the request that carries it. */
final class IdempotencyKeyFilter implements ContainerRequestFilter {
  static final String HEADER = "Idempotency-Key";
  static final String KEY = IdempotencyKeyFilter.class.getName() + ".key";
  static final String FINGERPRINT = IdempotencyKeyFilter.class.getName() + ".fingerprint";

  private static final int MAX_LENGTH = 255;
  private static final Set<String> METHODS =
      Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);

  @Override
  public void filter(ContainerRequestContext request) throws IOException {
    List<String> keys = request.getHeaders().get(HEADER);
    if (keys == null || !METHODS.contains(request.getMethod())) {
      return;
    }
    if (keys.size() != 1 || !valid(keys.get(0))) {
      throw new ValidationException(
          HEADER, "must be one value of 1 to " + MAX_LENGTH + " visible ASCII characters");
    }
    byte[] body = request.hasEntity() ? request.getEntityStream().readAllBytes() : new byte[0];
    request.setEntityStream(new ByteArrayInputStream(body));
    request.setProperty(KEY, keys.get(0));
    request.setProperty(FINGERPRINT, fingerprint(request, body));
  }

  private static boolean valid(String key) {
    return !key.isEmpty()
        && key.length() <= MAX_LENGTH
        && key.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private static byte[] fingerprint(ContainerRequestContext request, byte[] body) {
    String query = request.getUriInfo().getRequestUri().getRawQuery();
    String line =
        request.getMethod()
            + '\n'
            + request.getUriInfo().getRequestUri().getRawPath()
            + '\n'
            + (query == null ? "" : query)
            + '\n';
    return Sha256.digest(line.getBytes(StandardCharsets.UTF_8), body);
  }
}
