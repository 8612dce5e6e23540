package io.platformapi.service.wiring;

import io.platformapi.service.config.RedisConfiguration;
import java.time.Duration;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;

/** Connections to Redis for what requests ask it: few, and with little patience. */
final class Redis {
  private Redis() {}

  /** Connects when first asked. */
  static RedisClient open(RedisConfiguration configuration) {
    Duration timeout = configuration.timeout().toJavaDuration();
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(configuration.connections());
    pool.setMaxIdle(configuration.connections());
    pool.setMaxWait(timeout);
    pool.setJmxEnabled(false);
    return RedisClient.builder()
        .hostAndPort(configuration.host(), configuration.port())
        .clientConfig(
            DefaultJedisClientConfig.builder()
                .timeoutMillis((int) timeout.toMillis())
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .build())
        .poolConfig(pool)
        .build();
  }
}
