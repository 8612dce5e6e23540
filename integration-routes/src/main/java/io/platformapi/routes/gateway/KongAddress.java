package io.platformapi.routes.gateway;

import java.net.URI;
import java.util.regex.Pattern;

/** Makes URLs behind Kong's base URL out of paths, and refuses whatever could lead elsewhere. */
final class KongAddress {
  // RFC 3986: pchar and slash, then perhaps a query; no scheme, authority, fragment, backslash.
  private static final Pattern PLAIN =
      Pattern.compile(
          "/(?!/)(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
              + "(?:\\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?");
  private static final Pattern DOTS = Pattern.compile("(?i)(?:^|/)(?:\\.|%2e){1,2}(?:/|\\?|$)");

  private final String base;
  private final URI kong;

  KongAddress(URI kong) {
    boolean usable =
        ("http".equals(kong.getScheme()) || "https".equals(kong.getScheme()))
            && kong.getHost() != null
            && kong.getRawUserInfo() == null
            && kong.getRawQuery() == null
            && kong.getRawFragment() == null;
    if (!usable) {
      throw new IllegalArgumentException("the gateway's URL is no plain http or https URL");
    }
    this.kong = kong;
    String text = kong.toString();
    this.base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /**
   * @throws IllegalArgumentException when the path is anything but a plain path behind Kong
   */
  URI of(String path) {
    if (!PLAIN.matcher(path).matches() || DOTS.matcher(pathAlone(path)).find()) {
      throw new IllegalArgumentException("not a path behind the gateway");
    }
    URI url = URI.create(base + path);
    boolean there =
        kong.getScheme().equals(url.getScheme())
            && kong.getHost().equals(url.getHost())
            && kong.getPort() == url.getPort();
    if (!there) {
      throw new IllegalArgumentException("not a path behind the gateway");
    }
    return url;
  }

  /** The first part of a path, which names what lies behind Kong there. */
  static String upstream(String path) {
    String[] parts = pathAlone(path).split("/", 3);
    return parts.length > 1 ? parts[1] : "";
  }

  private static String pathAlone(String path) {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }
}
