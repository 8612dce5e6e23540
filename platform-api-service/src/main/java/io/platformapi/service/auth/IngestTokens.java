package io.platformapi.service.auth;

import io.platformapi.service.crypto.Sha256;
import java.security.MessageDigest;
import java.util.List;

/**
 * The shared secrets of the LLM gateway's callbacks, compared in constant time; several are valid
 * while one is exchanged for another.
 */
public final class IngestTokens {
  private final List<byte[]> digests;

  public IngestTokens(List<String> tokens) {
    if (tokens.isEmpty() || tokens.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("at least one ingest token, none of them blank");
    }
    this.digests = tokens.stream().map(Sha256::digest).toList();
  }

  public boolean accepts(String token) {
    // Digests have one length, so neither the length nor a common prefix shows in the time.
    byte[] given = Sha256.digest(token);
    boolean accepted = false;
    for (byte[] digest : digests) {
      accepted |= MessageDigest.isEqual(digest, given);
    }
    return accepted;
  }
}
