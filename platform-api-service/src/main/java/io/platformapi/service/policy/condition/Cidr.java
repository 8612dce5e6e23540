package io.platformapi.service.policy.condition;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A network, and the parser of addresses. Addresses are never looked up by name; an IPv4 address
 * inside IPv6 ({@code ::ffff:a.b.c.d}) is the IPv4 address.
 */
final class Cidr {
  private static final int IPV4 = 4;
  private static final int IPV6 = 16;
  private static final int GROUPS = 8;
  private static final Pattern MASK = Pattern.compile("[0-9]{1,3}");

  private final byte[] network;
  private final int bits;

  private Cidr(byte[] network, int bits) {
    this.network = network;
    this.bits = bits;
  }

  /** Reads {@code address/bits}; null when it is not one, or has bits set behind the mask. */
  static Cidr parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !MASK.matcher(text.substring(slash + 1)).matches()) {
      return null;
    }
    String written = text.substring(0, slash);
    byte[] address = address(written);
    int bits = Integer.parseInt(text.substring(slash + 1));
    // The mask of an IPv4 network written as IPv6 would count from elsewhere.
    if (address == null || (address.length == IPV4 && written.indexOf(':') >= 0)) {
      return null;
    }
    if (bits > address.length * Byte.SIZE) {
      return null;
    }
    for (int bit = bits; bit < address.length * Byte.SIZE; bit++) {
      if ((address[bit / Byte.SIZE] >> (Byte.SIZE - 1 - bit % Byte.SIZE) & 1) != 0) {
        return null;
      }
    }
    return new Cidr(address, bits);
  }

  /** Whether the address is of this network; an address of the other family is not. */
  boolean contains(byte[] address) {
    if (address.length != network.length) {
      return false;
    }
    int whole = bits / Byte.SIZE;
    if (!Arrays.equals(address, 0, whole, network, 0, whole)) {
      return false;
    }
    int rest = bits % Byte.SIZE;
    return rest == 0 || (address[whole] ^ network[whole]) >> (Byte.SIZE - rest) == 0;
  }

  /** 4 or 16 bytes, or null when the text is not an address. */
  static byte[] address(String text) {
    return text.indexOf(':') < 0 ? ipv4(text) : ipv6(text);
  }

  private static byte[] ipv4(String text) {
    byte[] bytes = new byte[IPV4];
    int part = 0;
    int value = -1;
    for (int i = 0; i <= text.length(); i++) {
      char c = i == text.length() ? '.' : text.charAt(i);
      if (c == '.') {
        if (value < 0 || part == IPV4) {
          return null;
        }
        bytes[part++] = (byte) value;
        value = -1;
      } else if (c < '0' || c > '9' || value == 0) {
        // A leading zero means octal to some and decimal to others.
        return null;
      } else {
        value = Math.max(value, 0) * 10 + c - '0';
        if (value > 255) {
          return null;
        }
      }
    }
    return part == IPV4 ? bytes : null;
  }

  private static byte[] ipv6(String text) {
    String groups = text;
    int dot = text.indexOf('.');
    if (dot >= 0) {
      int colon = text.lastIndexOf(':');
      byte[] last = ipv4(text.substring(colon + 1));
      if (last == null) {
        return null;
      }
      groups = text.substring(0, colon + 1) + group(last, 0) + ":" + group(last, 2);
    }
    int gap = groups.indexOf("::");
    if (gap >= 0 && groups.indexOf("::", gap + 1) >= 0) {
      return null;
    }
    byte[] bytes = new byte[IPV6];
    int before = gap < 0 ? GROUPS : fill(gap == 0 ? "" : groups.substring(0, gap), bytes, 0);
    if (gap < 0) {
      return fill(groups, bytes, 0) == GROUPS ? embedded(bytes) : null;
    }
    String tail = groups.substring(gap + 2);
    int after = tail.isEmpty() ? 0 : (int) tail.chars().filter(c -> c == ':').count() + 1;
    if (before < 0 || before + after >= GROUPS) {
      return null;
    }
    return fill(tail, bytes, GROUPS - after) == after ? embedded(bytes) : null;
  }

  private static String group(byte[] bytes, int from) {
    return Integer.toHexString((bytes[from] & 0xff) << Byte.SIZE | bytes[from + 1] & 0xff);
  }

  /** Writes groups from a place on; how many there were, or -1 when one is malformed. */
  private static int fill(String groups, byte[] bytes, int from) {
    if (groups.isEmpty()) {
      return 0;
    }
    int count = 0;
    int value = 0;
    int digits = 0;
    for (int i = 0; i <= groups.length(); i++) {
      char c = i == groups.length() ? ':' : groups.charAt(i);
      if (c == ':') {
        if (digits == 0 || from + count == GROUPS) {
          return -1;
        }
        bytes[2 * (from + count)] = (byte) (value >> Byte.SIZE);
        bytes[2 * (from + count) + 1] = (byte) value;
        count++;
        value = 0;
        digits = 0;
      } else {
        int digit = c < 128 ? Character.digit(c, 16) : -1;
        if (digit < 0 || digits == 4) {
          return -1;
        }
        value = value << 4 | digit;
        digits++;
      }
    }
    return count;
  }

  private static byte[] embedded(byte[] bytes) {
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return bytes;
      }
    }
    return bytes[10] == -1 && bytes[11] == -1 ? Arrays.copyOfRange(bytes, 12, IPV6) : bytes;
  }
}
