package io.platformapi.routes.cache;

import io.platformapi.routes.message.Invalidation;
import io.platformapi.routes.port.InvalidationListener;
import java.time.Duration;
import java.util.Properties;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.component.redis.RedisConstants;
import org.apache.camel.spi.Registry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.serializer.StringRedisSerializer;
import org.springframework.util.backoff.ExponentialBackOff;

/** The invalidation flow, put together: its route and the way to send a hint. */
public final class CacheInvalidation implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CacheInvalidation.class);
  private static final String CHANNEL = "platform.invalidations";
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration RECONNECT = Duration.ofSeconds(1);
  private static final Duration MAX_RECONNECT = Duration.ofSeconds(15);

  private final String host;
  private final int port;
  private final InvalidationListener listener;
  private final InvalidationCodec codec = new InvalidationCodec();
  private final JedisConnectionFactory connections;
  private final Subscriptions subscriptions = new Subscriptions();

  public CacheInvalidation(String host, int port, InvalidationListener listener) {
    this.host = host;
    this.port = port;
    this.listener = listener;
    this.connections =
        new JedisConnectionFactory(
            new RedisStandaloneConfiguration(host, port),
            JedisClientConfiguration.builder().connectTimeout(TIMEOUT).usePooling().build());
  }

  public RoutesBuilder route() {
    return new InvalidationRoute(new ReceiveInvalidationStep(codec, listener));
  }

  /** Says where the route's endpoints are, and binds what these refer to. */
  public void configure(Properties properties, Registry registry) {
    connections.afterPropertiesSet();
    connections.start();
    subscriptions.setConnectionFactory(connections);
    ExponentialBackOff backOff = new ExponentialBackOff(RECONNECT.toMillis(), 2);
    backOff.setMaxInterval(MAX_RECONNECT.toMillis());
    subscriptions.setRecoveryBackoff(backOff);
    subscriptions.afterPropertiesSet();
    StringRedisTemplate template = new StringRedisTemplate(connections);
    registry.bind("invalidationTemplate", template);
    registry.bind("invalidationSubscriptions", subscriptions);
    // Camel's own default would be Java serialization.
    registry.bind("invalidationText", StringRedisSerializer.UTF_8);
    String address = "spring-redis:" + host + ":" + port;
    properties.setProperty(
        InvalidationRoute.SUBSCRIBE,
        address
            + "?command=SUBSCRIBE&channels="
            + CHANNEL
            + "&listenerContainer=#invalidationSubscriptions&serializer=#invalidationText");
    properties.setProperty(
        InvalidationRoute.PUBLISH,
        address
            + "?command=PUBLISH&redisTemplate=#invalidationTemplate&serializer=#invalidationText");
  }

  /** Tells the other nodes' caches soon, or never. Does not throw. */
  public void invalidate(Invalidation invalidation, ProducerTemplate camel) {
    try {
      camel.send(
          InvalidationRoute.SEND,
          exchange -> {
            exchange.getMessage().setHeader(RedisConstants.CHANNEL, CHANNEL);
            exchange.getMessage().setHeader(RedisConstants.MESSAGE, codec.write(invalidation));
          });
    } catch (RuntimeException e) {
      LOG.debug("an invalidation was lost", e);
    }
  }

  @Override
  public void close() {
    subscriptions.stop();
    connections.stop();
    connections.destroy();
  }
}
