package io.platformapi.service.signin;

/**
 * A session that has ended here.
 *
 * @param endSessionUrl where the user's browser goes to end its session at the issuer, or null when
 *     the issuer has no such place or cannot be asked
 * @param refreshTokenRevoked whether the issuer has taken the refresh token back; null when none
 *     was given
 */
public record EndedSession(String endSessionUrl, Boolean refreshTokenRevoked) {}
