package io.platformapi.service.user;

import java.util.UUID;

/**
 * What a user is found by.
 *
 * @param value subject or id
 */
record UserKey(String tenantId, By by, String value) {

  /** What the value is. */
  enum By {
    SUBJECT,
    ID
  }

  static UserKey ofSubject(String tenantId, String subject) {
    return new UserKey(tenantId, By.SUBJECT, subject);
  }

  static UserKey ofId(String tenantId, UUID id) {
    return new UserKey(tenantId, By.ID, id.toString());
  }

  /** As caches and hints name it: tenant ids have no slash, so it can be taken apart again. */
  String text() {
    return tenantId + "/" + by.name().toLowerCase(java.util.Locale.ROOT) + "/" + value;
  }

  static UserKey parse(String text) {
    String[] parts = text.split("/", 3);
    return new UserKey(parts[0], By.valueOf(parts[1].toUpperCase(java.util.Locale.ROOT)), parts[2]);
  }
}
