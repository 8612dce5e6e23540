package io.platformapi.service.task;

import io.platformapi.routes.gateway.Gateway;
import java.util.Map;
import java.util.function.Function;

/**
 * A cheap question to something behind Kong that changes nothing.
 *
 * @param upstream its name
 * @param configured whether we have what we need to ask it
 * @param question asks through a gateway and returns what may be told of the answer, by name; no
 *     secrets
 */
public record UpstreamCheck(
    String upstream, boolean configured, Function<Gateway, Map<String, Object>> question) {}
