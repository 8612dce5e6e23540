package io.platformapi.service.signin;

import java.util.List;

/**
 * What a sign-in begins with.
 *
 * @param redirectUri where the issuer leads the user back to; one of those configured
 * @param scopes what the access token is to carry beside {@code openid}; {@code profile} and {@code
 *     offline_access} when absent
 * @param organizationId Logto organization whose tenant the tokens are to act for, or null
 */
public record NewSignIn(String redirectUri, List<String> scopes, String organizationId) {}
