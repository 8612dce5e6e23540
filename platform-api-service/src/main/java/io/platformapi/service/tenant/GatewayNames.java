package io.platformapi.service.tenant;

import java.util.List;

/**
 * Under which names LiteLLM knows a tenant.
 *
 * @param teams ids of its teams
 * @param organizations ids of its organizations
 */
public record GatewayNames(List<String> teams, List<String> organizations) {}
