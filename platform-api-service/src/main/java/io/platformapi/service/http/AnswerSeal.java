package io.platformapi.service.http;

/** How answers are written down that a repeated request may get again. */
public interface AnswerSeal {
  /** For answers without a secret. */
  AnswerSeal NONE =
      new AnswerSeal() {
        @Override
        public String seal(String body, String place) {
          return body;
        }

        @Override
        public String open(String stored, String place) {
          return stored;
        }
      };

  /**
   * @param place scope and key of the request: an answer must not open for another
   */
  String seal(String body, String place);

  /**
   * @throws io.platformapi.service.problem.ConflictException when it can no longer be read
   */
  String open(String stored, String place);
}
