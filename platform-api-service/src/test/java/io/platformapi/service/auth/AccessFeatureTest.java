package io.platformapi.service.auth;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.auth.Auth;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessFeatureTest {

  @ParameterizedTest
  @ValueSource(classes = {Undeclared.class, Both.class, OpenWithCaller.class})
  void anEndpointThatDeclaresNoAccessStopsTheStart(Class<?> resource) {
    assertThatThrownBy(() -> start(resource))
        .hasStackTraceContaining(resource.getSimpleName() + ".get");
  }

  @Test
  void declaredEndpointsStart() {
    assertThatCode(() -> start(Declared.class)).doesNotThrowAnyException();
  }

  private static void start(Class<?> resource) {
    AccessFeature feature = new AccessFeature(null, new IngestTokens(List.of("secret")), null);
    new ApplicationHandler(
        new ResourceConfig()
            .property(ServerProperties.WADL_FEATURE_DISABLE, true)
            .register(feature)
            .register(resource));
  }

  /** Declares nothing. */
  @Path("/")
  public static final class Undeclared {
    @GET
    public String get() {
      return "";
    }
  }

  /** Contradicts itself. */
  @Path("/")
  public static final class Both {
    @GET
    @Open
    @Requires(Permission.QUOTAS_READ)
    public String get() {
      return "";
    }
  }

  /** Wants a caller and asks for no token. */
  @Path("/")
  public static final class OpenWithCaller {
    @GET
    @Open
    public String get(@Auth Caller caller) {
      return "";
    }
  }

  /** Each way to declare. */
  @Path("/")
  public static final class Declared {
    @GET
    @Open
    public String open() {
      return "";
    }

    @GET
    @Path("guarded")
    @Requires(Permission.QUOTAS_READ)
    public String guarded() {
      return "";
    }

    @GET
    @Path("ingest")
    @IngestAuthenticated
    public String ingest() {
      return "";
    }
  }
}
