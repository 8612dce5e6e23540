package io.platformapi.service.local;

import java.io.IOException;
import redis.embedded.RedisServer;

/** A real Redis in a child process, without persistence, on a free loopback port. */
public final class LocalRedis implements AutoCloseable {
  private final RedisServer server;
  private final int port;

  private LocalRedis(RedisServer server, int port) {
    this.server = server;
    this.port = port;
  }

  public static LocalRedis start() throws IOException {
    int port = Ports.free();
    RedisServer server =
        RedisServer.newRedisServer()
            .port(port)
            .setting("bind 127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no")
            .build();
    server.start();
    return new LocalRedis(server, port);
  }

  public int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    server.stop();
  }
}
