package io.platformapi.routes.gateway.flagsmith;

/**
 * What an environment of Flagsmith is, without its flags.
 *
 * @param features number of its features
 */
public record FlagsmithEnvironment(
    long id, String name, long projectId, String projectName, int features) {}
