package io.platformapi.service.apikey;

import io.platformapi.service.crypto.KeyRing;
import io.platformapi.service.crypto.Sealer;
import io.platformapi.service.http.AnswerSeal;
import io.platformapi.service.problem.ConflictException;

/** Encrypts the stored answers that tell a key, so that a repeated request can be told it again. */
final class SealedAnswers implements AnswerSeal {
  private static final String PURPOSE = "answer that tells an API key";

  private final Sealer sealer;

  /**
   * @param secrets of the service, not of this purpose alone
   */
  SealedAnswers(KeyRing secrets) {
    this.sealer = new Sealer(secrets.derive(PURPOSE));
  }

  @Override
  public String seal(String body, String place) {
    return sealer.seal(body, place);
  }

  @Override
  public String open(String stored, String place) {
    return sealer
        .open(stored, place)
        .orElseThrow(
            () -> new ConflictException("the first answer to this key can no longer be read"));
  }
}
