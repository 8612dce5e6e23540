package io.platformapi.service.http;

import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Puts the rules that hold for every request in force: echoed ids, one error envelope, bounded
 * bodies, strict JSON, timings.
 */
public final class HttpRules {
  private final MeterRegistry meters;

  public HttpRules(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Call once from the application's run, before the server is built. */
  public void install(ServerFactory serverFactory, Environment environment) {
    if (serverFactory instanceof AbstractServerFactory factory) {
      // Dropwizard's own mappers write another shape and quote the input.
      factory.setRegisterDefaultExceptionMappers(false);
    }
    new JsonRules().apply(environment.getObjectMapper());
    environment.lifecycle().addEventListener(new ServerRules(environment.getObjectMapper()));
    JerseyEnvironment jersey = environment.jersey();
    jersey.register(new BodyFeature());
    jersey.register(new RouteTimings(meters));
    registerMappers(jersey, new ErrorResponses());
  }

  private static void registerMappers(JerseyEnvironment jersey, ErrorResponses errors) {
    jersey.register(new ConflictMapper(errors));
    jersey.register(new ConstraintViolationMapper(errors));
    jersey.register(new DatabaseUnavailableMapper(errors));
    jersey.register(new ForbiddenMapper(errors));
    jersey.register(new IdempotencyKeyReusedMapper(errors));
    jersey.register(new JsonErrorMapper(errors));
    jersey.register(new MalformedRequestMapper(errors));
    jersey.register(new ParameterMapper(errors));
    jersey.register(new PayloadTooLargeMapper(errors));
    jersey.register(new PreconditionFailedMapper(errors));
    jersey.register(new ResourceNotFoundMapper(errors));
    jersey.register(new SignInRefusedMapper(errors));
    jersey.register(new TenantSuspendedMapper(errors));
    jersey.register(new UnauthenticatedMapper(errors));
    jersey.register(new UnavailableMapper(errors));
    jersey.register(new UnexpectedMapper(errors));
    jersey.register(new UnknownDatabaseMapper(errors));
    jersey.register(new UpstreamFailedMapper(errors));
    jersey.register(new ValidationMapper(errors));
    jersey.register(new WebApplicationMapper(errors));
  }
}
