package io.platformapi.service.testing;

import io.platformapi.service.auth.IngestAuthenticated;
import io.platformapi.service.auth.Open;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.testing.PlatformClient.Answer;
import java.lang.reflect.Method;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.glassfish.jersey.server.model.Resource;
import org.glassfish.jersey.server.model.ResourceMethod;

/**
 * An endpoint of the application, found by walking its own model of them.
 *
 * @param template of its path
 * @param handler method that answers
 */
public record Endpoint(String method, String template, Method handler) {
  private static final String QUESTION =
      "{\"subject\":{\"type\":\"user\",\"id\":\"ann\"},\"action\":\"read\","
          + "\"resource\":{\"type\":\"quotas\",\"id\":\"q\"}}";

  /** All of them. */
  public static List<Endpoint> of(PlatformUnderTest platform) {
    return platform.environment().jersey().getResourceConfig().getClasses().stream()
        .filter(type -> Resource.isAcceptable(type) && Resource.from(type) != null)
        .flatMap(type -> walk("", Resource.from(type)))
        .toList();
  }

  private static Stream<Endpoint> walk(String above, Resource resource) {
    String path = above + slashed(resource.getPath());
    return Stream.concat(
        resource.getResourceMethods().stream().map(method -> of(path, method)),
        resource.getChildResources().stream().flatMap(child -> walk(path, child)));
  }

  private static Endpoint of(String path, ResourceMethod method) {
    return new Endpoint(method.getHttpMethod(), path, method.getInvocable().getHandlingMethod());
  }

  private static String slashed(String path) {
    return path.startsWith("/") ? path : "/" + path;
  }

  /** Whether anybody may call it. */
  public boolean open() {
    return handler.isAnnotationPresent(Open.class)
        && !handler.isAnnotationPresent(IngestAuthenticated.class);
  }

  /** Whether a permission is needed. */
  public boolean guarded() {
    return handler.isAnnotationPresent(Requires.class);
  }

  /** What is needed of a guarded one. */
  public Permission permission() {
    return handler.getAnnotation(Requires.class).value();
  }

  /** Whether it is about one thing that its path names. */
  public boolean ofOne() {
    return template.contains("{");
  }

  public String path(TenantThings things) {
    return template
        .replaceFirst("\\{[a-z]+}", things.idFor(template))
        .replace("{assignment}", things.assignment())
        .replace("{item}", things.item())
        .replace("{grant}", things.grant());
  }

  /** Calls it about what one tenant has, with a body that is right. */
  public Answer call(PlatformClient client, TenantThings things) {
    boolean body = List.of("POST", "PUT", "PATCH").contains(method);
    return client.send(
        method, path(things), body ? "application/json" : null, body ? bodyOf(template) : null);
  }

  private static String bodyOf(String template) {
    return switch (template) {
      case "/v1/tenants/{id}" -> "{\"plan\":\"free\"}";
      case "/v1/tenants" -> "{\"name\":\"made by the walk\"}";
      case "/v1/quotas" -> "{\"items\":[]}";
      case "/v1/quotas/{id}/grants" -> "{\"amount\":1}";
      case "/v1/quotas/simulate" -> "{\"items\":[],\"from\":\"2026-01-01T00:00:00Z\"}";
      case "/v1/platform/defaults" -> "{\"plans\":[]}";
      case "/v1/quotas/check",
          "/v1/quotas/reservations",
          "/v1/reconciliations",
          "/v1/reconciliations/policy" ->
          "{}";
      case "/v1/reconciliations/{id}/decisions" -> "{\"decision\":\"reject\",\"items\":[\"none\"]}";
      case "/v1/quotas/reservations/{id}/settle" -> "{\"actual\":{}}";
      case "/v1/auth/login" -> "{\"redirectUri\":\"https://console.example/callback\"}";
      case "/v1/auth/callback" -> "{\"code\":\"none\",\"state\":\"none\"}";
      case "/v1/auth/refresh" -> "{\"refreshToken\":\"none\"}";
      case "/v1/auth/logout" -> "{}";
      case "/v1/api-keys" -> "{\"name\":\"x\",\"scopes\":[\"quotas:read\"]}";
      case "/v1/api-keys/{id}/rotate" -> "{\"overlapSeconds\":60}";
      case "/v1/policies", "/v1/policies/{id}" -> "{\"rules\":[]}";
      case "/v1/policies/schema", "/v1/roles/{name}" -> "{}";
      case "/v1/policies/simulate" -> "{\"policies\":[]}";
      case "/v1/users/{id}" -> "{\"displayName\":\"changed by the walk\"}";
      // A name of its own each time: the same one again would be a conflict.
      case "/v1/users" -> "{\"subject\":\"walked-" + UUID.randomUUID() + "\"}";
      case "/v1/roles" -> "{\"name\":\"walked-" + UUID.randomUUID() + "\"}";
      case "/v1/roles/{name}/assignments" ->
          "{\"subject\":{\"type\":\"service\",\"id\":\"walked\"}}";
      case "/v1/authz/check", "/v1/authz/explain" -> QUESTION;
      case "/v1/authz/batch" -> "{\"evaluations\":[" + QUESTION + "]}";
      case "/access/v1/evaluation", "/access/v1/evaluations" ->
          QUESTION.replace("\"read\"", "{\"name\":\"read\"}");
      case "/v1/ingest/litellm/alerts" ->
          "{\"event\":\"budget_crossed\",\"spend\":1.0,\"event_group\":\"team\"}";
      default -> "[]";
    };
  }

  @Override
  public String toString() {
    return method + " " + template;
  }
}
