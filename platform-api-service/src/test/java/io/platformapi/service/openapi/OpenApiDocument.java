package io.platformapi.service.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.platformapi.service.auth.IngestAuthenticated;
import io.platformapi.service.auth.Requires;
import io.platformapi.service.http.StreamedBody;
import io.platformapi.service.openapi.Catalogue.Entry;
import io.platformapi.service.openapi.Catalogue.Trait;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Describes the real resource classes of the service as an OpenAPI document. */
final class OpenApiDocument {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> IDS =
      List.of("RequestId", "TenantId", "PlatformId", "Traceparent", "TraceId");

  private final Schemas schemas = new Schemas();
  private final Map<String, Map<String, Object>> paths = new TreeMap<>();
  private final TreeSet<String> described = new TreeSet<>();

  /** The whole document; fails when the catalogue and the resources differ. */
  Map<String, Object> build() {
    for (JavaClass resource :
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.platformapi.service")) {
      if (resource.isAnnotatedWith(Path.class)) {
        add(resource.reflect());
      }
    }
    if (!described.equals(new TreeSet<>(Catalogue.ENDPOINTS.keySet()))) {
      throw new IllegalStateException(
          "the catalogue has " + Catalogue.ENDPOINTS.keySet() + ", the resources " + described);
    }
    paths.put("/metrics", Tree.of("get", metrics()));
    return Tree.of(
        "openapi",
        "3.1.0",
        "info",
        Tree.of(
            "title",
            "Platform API",
            "version",
            "v1",
            "description",
            "Generated from the resource classes; docs/03-APIs.md explains."),
        "servers",
        List.of(Tree.of("url", "http://localhost:8082")),
        "paths",
        paths,
        "components",
        new Components(schemas).build());
  }

  private void add(Class<?> resource) {
    Arrays.stream(resource.getDeclaredMethods())
        .filter(method -> verb(method) != null)
        .sorted((one, other) -> one.getName().compareTo(other.getName()))
        .forEach(method -> add(resource, method));
  }

  private void add(Class<?> resource, Method method) {
    String path = resource.getAnnotation(Path.class).value();
    Path below = method.getAnnotation(Path.class);
    if (below != null) {
      path += below.value().startsWith("/") ? below.value() : "/" + below.value();
    }
    String endpoint = verb(method) + " " + path;
    Entry entry = Catalogue.ENDPOINTS.get(endpoint);
    if (entry == null) {
      throw new IllegalStateException("the catalogue does not know " + endpoint);
    }
    described.add(endpoint);
    paths
        .computeIfAbsent(path, unused -> new TreeMap<>())
        .put(
            verb(method).toLowerCase(Locale.ROOT),
            operation(resource, method, verb(method), entry));
  }

  private static String verb(Method method) {
    for (Annotation annotation : method.getAnnotations()) {
      HttpMethod verb = annotation.annotationType().getAnnotation(HttpMethod.class);
      if (verb != null) {
        return verb.value();
      }
    }
    return null;
  }

  private Map<String, Object> operation(
      Class<?> resource, Method method, String verb, Entry entry) {
    String tag = resource.getSimpleName().replace("Resource", "").toLowerCase(Locale.ROOT);
    Requires requires = method.getAnnotation(Requires.class);
    boolean streamed = method.isAnnotationPresent(StreamedBody.class);
    return Tree.of(
        "tags",
        List.of(tag),
        "operationId",
        tag + capital(method.getName()),
        "summary",
        entry.summary(),
        "x-required-scope",
        requires == null ? null : requires.value().scope(),
        "x-tenant-scoped",
        requires == null ? null : requires.value().tenantScoped(),
        "security",
        security(method, requires),
        "parameters",
        parameters(method, verb, entry, requires != null),
        "requestBody",
        entry.has(Trait.ALERT)
            ? Components.alertBody()
            : streamed
                ? Components.litellmBody()
                : raw(method) ? Components.authzenBody() : body(method, entry),
        "responses",
        responses(method, entry));
  }

  private static List<Object> security(Method method, Requires requires) {
    if (requires != null) {
      String scope = requires.value().scope();
      List<String> scopes = scope == null ? List.of() : List.of(scope);
      return scope == null || requires.value().tenantScoped()
          ? List.of(Tree.of("logto", scopes), Tree.of("apiKey", scopes))
          : List.of(Tree.of("logto", scopes));
    }
    return method.isAnnotationPresent(IngestAuthenticated.class)
        ? List.of(Tree.of("ingestToken", List.of()))
        : List.of();
  }

  private static List<Object> parameters(
      Method method, String verb, Entry entry, boolean authenticated) {
    List<Object> parameters = new ArrayList<>();
    for (Parameter parameter : method.getParameters()) {
      PathParam inPath = parameter.getAnnotation(PathParam.class);
      if (inPath != null) {
        parameters.add(
            Tree.of(
                "name",
                inPath.value(),
                "in",
                "path",
                "required",
                true,
                "schema",
                Tree.of("type", "string")));
      }
      QueryParam inQuery = parameter.getAnnotation(QueryParam.class);
      if (inQuery != null) {
        Map<String, Object> named = Tree.of("name", inQuery.value(), "in", "query");
        named.putAll(Catalogue.query(method.getDeclaringClass(), inQuery.value()));
        parameters.add(named);
      }
    }
    boolean keyed =
        !List.of("GET", "DELETE").contains(verb)
            && !method.isAnnotationPresent(StreamedBody.class)
            && authenticated;
    if (keyed) {
      parameters.add(Tree.ref("parameters", "IdempotencyKey"));
    }
    if (entry.has(Trait.IF_MATCH)) {
      parameters.add(Tree.ref("parameters", "IfMatch"));
    }
    if (entry.has(Trait.NOT_MODIFIED)) {
      parameters.add(Tree.ref("parameters", "IfNoneMatch"));
    }
    IDS.forEach(id -> parameters.add(Tree.ref("parameters", id)));
    return parameters;
  }

  private Map<String, Object> body(Method method, Entry entry) {
    if (entry.request() == null) {
      return null;
    }
    if (!Arrays.asList(method.getParameterTypes()).contains(entry.request())) {
      throw new IllegalStateException(method + " takes no " + entry.request());
    }
    Map<String, Object> content = new LinkedHashMap<>();
    for (String type : method.getAnnotation(Consumes.class).value()) {
      content.put(
          type,
          Tree.of("schema", schemas.of(entry.request()), "example", json(entry.requestExample())));
    }
    return Tree.of("required", true, "content", content);
  }

  private Map<String, Object> responses(Method method, Entry entry) {
    Map<String, Object> responses = new TreeMap<>();
    Map<String, Object> headers = new LinkedHashMap<>(Components.echoed());
    if (entry.has(Trait.ETAG)) {
      headers.put("ETag", Tree.ref("headers", "ETag"));
    }
    if (entry.has(Trait.LOCATION)) {
      headers.put("Location", Tree.ref("headers", "Location"));
    }
    if (entry.has(Trait.RATE_LIMIT)) {
      headers.put("RateLimit-Policy", Tree.ref("headers", "RateLimitPolicy"));
      headers.put("RateLimit", Tree.ref("headers", "RateLimit"));
    }
    if (method.isAnnotationPresent(Consumes.class) && method.isAnnotationPresent(Requires.class)) {
      headers.put("Idempotency-Replayed", Tree.ref("headers", "IdempotencyReplayed"));
    }
    responses.put(
        Integer.toString(entry.status()),
        Tree.of("description", entry.summary(), "headers", headers, "content", content(entry)));
    if (entry.has(Trait.NOT_MODIFIED)) {
      responses.put("304", Tree.of("description", "The caller holds this version already"));
    }
    for (int status : errors(method, entry)) {
      responses.put(Integer.toString(status), Tree.ref("responses", "Error" + status));
    }
    return responses;
  }

  private static Map<String, Object> text(String description) {
    return Tree.of("schema", Tree.of("type", "string", "description", description));
  }

  private Map<String, Object> content(Entry entry) {
    if (entry.answer() == null || entry.answer() == Void.class) {
      return null;
    }
    Map<String, Object> schema =
        entry.has(Trait.PAGE) ? schemas.page(entry.answer()) : schemas.of(entry.answer());
    Map<String, Object> content =
        Tree.of(
            "application/json", Tree.of("schema", schema, "example", json(entry.answerExample())));
    if (entry.has(Trait.CSV)) {
      content.put("text/csv", text("everything in one file, without pages (RFC 4180)"));
    }
    if (entry.has(Trait.NDJSON)) {
      content.put(
          "application/x-ndjson",
          text("lines {\"progress\": ...}, and {\"result\": ...} with the answer as the last one"));
    }
    return content;
  }

  /** AuthZEN's endpoints read any bytes, since whatever is no JSON is 400 there. */
  private static boolean raw(Method method) {
    return Arrays.asList(method.getParameterTypes()).contains(byte[].class);
  }

  private static TreeSet<Integer> errors(Method method, Entry entry) {
    TreeSet<Integer> errors = new TreeSet<>(List.of(406, 500, 503));
    boolean body = method.isAnnotationPresent(Consumes.class);
    if (body) {
      errors.addAll(List.of(400, 413, 415));
    }
    if (raw(method)) {
      errors.remove(415);
    }
    if (method.isAnnotationPresent(IngestAuthenticated.class)) {
      errors.add(401);
    }
    if (method.isAnnotationPresent(Requires.class)) {
      errors.addAll(List.of(401, 403, 422));
    }
    for (Parameter parameter : method.getParameters()) {
      if (parameter.isAnnotationPresent(PathParam.class)) {
        errors.add(404);
      }
    }
    if (entry.has(Trait.ALERT)) {
      errors.add(422);
    }
    if (entry.has(Trait.SIGN_IN)) {
      errors.addAll(List.of(401, 403, 422, 502));
    }
    if (entry.has(Trait.CONFLICT)) {
      errors.addAll(List.of(409, 412));
    }
    if (entry.has(Trait.BUSY)) {
      errors.add(409);
    }
    if (entry.has(Trait.QUOTA)) {
      errors.remove(412);
      errors.add(429);
    }
    if (entry.has(Trait.IF_MATCH)) {
      errors.add(412);
    }
    return errors;
  }

  private static Map<String, Object> metrics() {
    return Tree.of(
        "tags",
        List.of("health"),
        "operationId",
        "metrics",
        "summary",
        "Meters for Prometheus; a servlet, on both ports",
        "security",
        List.of(),
        "responses",
        Tree.of(
            "200",
            Tree.of(
                "description",
                "Prometheus text format",
                "content",
                Tree.of("text/plain", Tree.of("schema", Tree.of("type", "string"))))));
  }

  private static Object json(String text) {
    try {
      return text == null ? null : JSON.readValue(text, Object.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an example is no JSON", e);
    }
  }

  private static String capital(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }
}
