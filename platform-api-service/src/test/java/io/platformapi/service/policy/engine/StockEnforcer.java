package io.platformapi.service.policy.engine;

import com.googlecode.aviator.runtime.function.FunctionUtils;
import com.googlecode.aviator.runtime.type.AviatorBoolean;
import com.googlecode.aviator.runtime.type.AviatorLong;
import com.googlecode.aviator.runtime.type.AviatorObject;
import com.googlecode.aviator.runtime.type.AviatorString;
import io.platformapi.service.policy.condition.AttributeSchema;
import io.platformapi.service.policy.condition.Condition;
import io.platformapi.service.policy.condition.InvalidConditionException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.casbin.jcasbin.main.Enforcer;
import org.casbin.jcasbin.util.function.CustomFunction;

/**
 * jCasbin's plain {@link Enforcer}, without any cache, on the model that a snapshot is made of: it
 * evaluates the conditions by {@code eval(p.condition)}. One at a time in a JVM: the results of its
 * {@code g} are in a static map that all enforcers share.
 */
final class StockEnforcer {
  private final CasbinModel model = new CasbinModel();
  private final AttributeSchema schema;
  private final TenantLimits limits;
  private final String tenant;
  private Enforcer enforcer;

  StockEnforcer(
      AttributeSchema schema,
      TenantLimits limits,
      PolicySet platform,
      String tenant,
      PolicySet tenantPolicy) {
    this.schema = schema;
    this.limits = limits;
    this.tenant = tenant;
    platform.rules().forEach(rule -> add(Layer.PLATFORM, rule));
    tenantPolicy.rules().forEach(rule -> add(Layer.TENANT, rule));
    platform.roles().forEach(model::add);
    tenantPolicy.roles().stream()
        .filter(link -> !limits.platformRoles().contains(link.role()))
        .filter(link -> !limits.platformRoles().contains(link.inherits()))
        .forEach(model::add);
  }

  private void add(Layer layer, Rule rule) {
    try {
      model.add(layer, rule, Condition.of(rule.condition(), schema));
    } catch (InvalidConditionException e) {
      throw new IllegalArgumentException(rule + " " + e.problems(), e);
    }
  }

  /** A subject that may ask, under a key that is no role. */
  void addSubject(String key, Set<String> roles) {
    roles.forEach(role -> model.add(new RoleInheritance("subject " + key, role)));
  }

  /** Makes the enforcer; then no more subjects. */
  void start() {
    enforcer = new Enforcer(model.model(), null, false);
    enforcer.buildRoleLinks();
    enforcer.addFunction("is", function("is", StockEnforcer::is));
    enforcer.addFunction(
        "holds", function("holds", (list, value) -> ((Collection<?>) list).contains(value)));
    enforcer.addFunction(
        "startsWith", function("startsWith", (a, b) -> ((String) a).startsWith((String) b)));
    enforcer.addFunction(
        "endsWith", function("endsWith", (a, b) -> ((String) a).endsWith((String) b)));
    enforcer.addFunction(
        "contains", function("contains", (a, b) -> ((String) a).contains((String) b)));
    enforcer.addFunction(
        "inCidr", function("inCidr", (a, b) -> NaiveInterpreter.inNetwork((String) a, (String) b)));
    enforcer.addFunction("isIp", new IsIp());
    enforcer.addFunction("micros", new Micros());
    enforcer.addFunction("utf8", new Utf8());
  }

  /** Decides about a subject that was added. */
  boolean enforce(String key, GeneratedRequest request) {
    Map<String, Object> subject = request.of("subject.");
    subject.put("key", "subject " + key);
    Map<String, Object> resource = request.of("resource.");
    resource.put(
        "tenantRules",
        tenant.equals(request.resourceTenant())
            && !limits.platformTypes().contains(request.resourceType()));
    return enforcer.enforce(
        decimals(subject), decimals(resource), request.action(), decimals(request.of("env.")));
  }

  private static Map<String, Object> decimals(Map<String, Object> values) {
    Map<String, Object> exact = new HashMap<>();
    // Aviator would compare a double with a decimal by its binary value.
    values.forEach(
        (name, value) ->
            exact.put(name, value instanceof Double ? new BigDecimal(value.toString()) : value));
    return exact;
  }

  private static boolean is(Object value, Object type) {
    return switch ((String) type) {
      case "string" -> value instanceof String text && !text.equals("\ud800");
      case "integer" -> value instanceof Integer || value instanceof Long;
      case "decimal" -> value instanceof Number;
      case "boolean" -> value instanceof Boolean;
      case "time" -> micros(value) != null;
      default ->
          value instanceof Collection<?> list
              && list.stream()
                  .allMatch(one -> one instanceof String text && !text.equals("\ud800"));
    };
  }

  private static Long micros(Object value) {
    if (value instanceof Instant time) {
      return ChronoUnit.MICROS.between(Instant.EPOCH, time.truncatedTo(ChronoUnit.MICROS));
    }
    try {
      return value instanceof String text ? micros(OffsetDateTime.parse(text).toInstant()) : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static CustomFunction function(String name, BiFunction<Object, Object, Boolean> body) {
    return new CustomFunction() {
      private static final long serialVersionUID = 1;

      @Override
      public String getName() {
        return name;
      }

      @Override
      public AviatorObject call(
          Map<String, Object> env, AviatorObject first, AviatorObject second) {
        return AviatorBoolean.valueOf(body.apply(first.getValue(env), second.getValue(env)));
      }
    };
  }

  private static final class IsIp extends CustomFunction {
    private static final long serialVersionUID = 1;

    @Override
    public String getName() {
      return "isIp";
    }

    @Override
    public AviatorObject call(Map<String, Object> env, AviatorObject text) {
      return AviatorBoolean.valueOf(
          NaiveInterpreter.inNetwork((String) text.getValue(env), "0.0.0.0/0") != null);
    }
  }

  private static final class Micros extends CustomFunction {
    private static final long serialVersionUID = 1;

    @Override
    public String getName() {
      return "micros";
    }

    @Override
    public AviatorObject call(Map<String, Object> env, AviatorObject time) {
      return AviatorLong.valueOf(micros(time.getValue(env)));
    }
  }

  private static final class Utf8 extends CustomFunction {
    private static final long serialVersionUID = 1;

    @Override
    public String getName() {
      return "utf8";
    }

    @Override
    public AviatorObject call(Map<String, Object> env, AviatorObject hex) {
      String text = FunctionUtils.getStringValue(hex, env);
      return new AviatorString(new String(HexFormat.of().parseHex(text), StandardCharsets.UTF_8));
    }
  }
}
