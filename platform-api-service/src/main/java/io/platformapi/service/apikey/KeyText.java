package io.platformapi.service.apikey;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * An API key as its holder knows it: {@code pak_<prefix>_<secret>_<checksum>}, 67 characters.
 *
 * <p>The prefix (12 of base62) finds the key and is no secret; the secret is 256 random bits in 43
 * of base62; the checksum is the CRC-32 of all before it in 6 of base62, so that a typing error is
 * refused without a look anywhere, and a scanner of leaked secrets knows a real one by itself.
 */
final class KeyText {
  static final String START = "pak_";

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final BigInteger BASE = BigInteger.valueOf(ALPHABET.length());
  private static final int PREFIX_LENGTH = 12;
  private static final int SECRET_BYTES = 32;
  private static final int SECRET_LENGTH = 43;
  private static final int CHECKSUM_LENGTH = 6;
  private static final int PREFIX_END = START.length() + PREFIX_LENGTH;
  private static final int SECRET_END = PREFIX_END + 1 + SECRET_LENGTH;
  private static final int LENGTH = SECRET_END + 1 + CHECKSUM_LENGTH;

  private final String text;

  private KeyText(String text) {
    this.text = text;
  }

  static KeyText random(SecureRandom random) {
    StringBuilder text = new StringBuilder(LENGTH).append(START);
    for (int i = 0; i < PREFIX_LENGTH; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    text.append('_').append(base62(new BigInteger(1, secret), SECRET_LENGTH));
    return new KeyText(text + "_" + checksum(text.toString()));
  }

  /** Empty when the text cannot be a key of ours. */
  static Optional<KeyText> parse(String text) {
    return text.length() == LENGTH
            && text.startsWith(START)
            && text.charAt(PREFIX_END) == '_'
            && text.charAt(SECRET_END) == '_'
            && plain(text, START.length(), PREFIX_END)
            && plain(text, PREFIX_END + 1, SECRET_END)
            && text.endsWith(checksum(text.substring(0, SECRET_END)))
        ? Optional.of(new KeyText(text))
        : Optional.empty();
  }

  String prefix() {
    return text.substring(START.length(), PREFIX_END);
  }

  /** What the keyed hash is made of: prefix and secret. */
  String hashed() {
    return text.substring(0, SECRET_END);
  }

  /** The whole key, to be shown to its holder once. */
  String reveal() {
    return text;
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return START + prefix();
  }

  private static boolean plain(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (ALPHABET.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  private static String checksum(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    return base62(BigInteger.valueOf(crc.getValue()), CHECKSUM_LENGTH);
  }

  private static String base62(BigInteger number, int length) {
    char[] digits = new char[length];
    BigInteger rest = number;
    for (int i = length - 1; i >= 0; i--) {
      BigInteger[] halves = rest.divideAndRemainder(BASE);
      digits[i] = ALPHABET.charAt(halves[1].intValue());
      rest = halves[0];
    }
    return new String(digits);
  }
}
