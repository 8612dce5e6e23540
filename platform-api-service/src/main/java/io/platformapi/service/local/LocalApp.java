package io.platformapi.service.local;

import java.util.Set;

/**
 * An application at the local issuer that users sign in to. There is one user, signed in already
 * and willing: no page asks anything.
 *
 * @param id {@code client_id}
 * @param secret {@code client_secret}, or empty for a public client
 * @param redirectUris where a sign-in may lead back to
 * @param user {@code sub} of the user
 * @param organizations organizations the user belongs to
 * @param scopes scopes of our API that the user can be given
 */
public record LocalApp(
    String id,
    String secret,
    Set<String> redirectUris,
    String user,
    Set<String> organizations,
    Set<String> scopes) {}
