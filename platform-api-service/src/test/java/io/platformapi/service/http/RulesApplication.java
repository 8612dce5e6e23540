package io.platformapi.service.http;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.SqlFailure;
import io.platformapi.service.persistence.UnknownDatabaseException;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.ForbiddenException;
import io.platformapi.service.problem.IdempotencyKeyReusedException;
import io.platformapi.service.problem.MalformedRequestException;
import io.platformapi.service.problem.PreconditionFailedException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.TenantSuspendedException;
import io.platformapi.service.problem.UnauthenticatedException;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.problem.ValidationException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** A small application under the rules, with an endpoint for every way to fail. */
public final class RulesApplication extends Application<Configuration> {
  static final long STREAM_BYTES = 16L << 20;

  @Override
  public void run(Configuration configuration, Environment environment) {
    Metrics metrics = new Metrics(environment.metrics());
    metrics.serve(environment);
    new HttpRules(metrics.meters()).install(configuration.getServerFactory(), environment);
    environment.jersey().register(new Things());
  }

  /** What a caller sends. */
  public record Thing(
      @NotBlank String name,
      Integer count,
      Money price,
      @Valid List<@Valid Part> parts,
      Instant at) {}

  /** A part of a thing. */
  public record Part(@NotNull @Max(9) Integer size) {}

  /** The endpoints. */
  @Path("/things")
  @Produces(MediaType.APPLICATION_JSON)
  @Consumes(MediaType.APPLICATION_JSON)
  public static final class Things {
    private static final Map<String, Supplier<Throwable>> FAILURES =
        Map.ofEntries(
            Map.entry("validation", () -> new ValidationException("f", "must be so")),
            Map.entry("missing", () -> new ResourceNotFoundException("thing")),
            Map.entry("conflict", () -> new ConflictException("taken")),
            Map.entry("precondition", PreconditionFailedException::new),
            Map.entry("malformed", () -> new MalformedRequestException("unreadable")),
            Map.entry("forbidden", () -> new ForbiddenException("no")),
            Map.entry("suspended", TenantSuspendedException::new),
            Map.entry("reused", IdempotencyKeyReusedException::new),
            Map.entry("anonymous", () -> new UnauthenticatedException(false, "none")),
            Map.entry("forged", () -> new UnauthenticatedException(true, "secret reason")),
            Map.entry(
                "unavailable", () -> new UnavailableException("later", Duration.ofSeconds(7))),
            Map.entry(
                "database",
                () -> new DatabaseUnavailableException("secret host", new SQLException("secret"))),
            Map.entry("unplaced", () -> new UnknownDatabaseException("acme")),
            Map.entry("sql", () -> new SqlFailure(new SQLException("secret", "23505"))),
            Map.entry("bug", () -> new IllegalStateException("secret")),
            Map.entry("error", () -> new StackOverflowError("secret")));

    @POST
    public Thing echo(@Valid @NotNull Thing thing) {
      return thing;
    }

    @POST
    @Path("stream")
    @Consumes(MediaType.WILDCARD)
    @StreamedBody(maximumBytes = STREAM_BYTES)
    public Map<String, Long> stream(InputStream body) throws IOException {
      long count = 0;
      byte[] buffer = new byte[8192];
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        count += read;
      }
      return Map.of("bytes", count);
    }

    @GET
    public Page<String> list(
        @QueryParam("limit") String limit, @QueryParam("cursor") String cursor) {
      PageRequest page = PageRequest.parse(limit, cursor, "things", 1);
      long after = page.after().map(key -> key.number(0)).orElse(0L);
      List<String> rows =
          LongStream.rangeClosed(after + 1, Math.min(after + page.rowsToRead(), 5))
              .mapToObj(Long::toString)
              .toList();
      return Page.of(rows, page, row -> Cursor.of("things", row));
    }

    @GET
    @Path("export")
    @Produces({MediaType.APPLICATION_JSON, "text/csv"})
    public Response export(
        @Context ContainerRequestContext request,
        @QueryParam("items") @DefaultValue("0") long items,
        @QueryParam("failAfter") @DefaultValue("-1") long failAfter) {
      if (!Export.wanted(request)) {
        return Response.ok(Map.of("items", items), MediaType.APPLICATION_JSON_TYPE).build();
      }
      return Export.csv(
          request,
          new Export.Listing("numbers", 1),
          new String[] {"number", "name"},
          page -> {
            long after = page.after().map(key -> key.number(0)).orElse(0L);
            if (failAfter >= 0 && after >= failAfter) {
              throw new UnavailableException("broken", Duration.ofSeconds(1));
            }
            List<Long> rows =
                LongStream.rangeClosed(after + 1, Math.min(after + page.rowsToRead(), items))
                    .boxed()
                    .toList();
            return Page.of(rows, page, row -> Cursor.of("numbers", row));
          },
          (csv, number) -> csv.number(number).text("thing " + number).end());
    }

    @GET
    @Path("limited")
    public Map<String, Integer> limited(@QueryParam("n") @NotNull @Max(3) Integer n) {
      return Map.of("n", n);
    }

    @GET
    @Path("typed/{id}")
    public Map<String, Integer> typed(@PathParam("id") Integer id, @QueryParam("n") Integer n) {
      return Map.of("id", id);
    }

    @GET
    @Path("fail/{how}")
    public Response fail(@PathParam("how") String how) throws Throwable {
      throw FAILURES.get(how).get();
    }
  }
}
