package io.platformapi.routes.gateway.kong;

/** The Redis that Kong's nodes count in together, as Kong reaches it. */
public record KongRedis(String host, int port) {}
