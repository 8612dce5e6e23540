package io.platformapi.service.user;

import io.platformapi.service.auth.ResourceView;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** A user as policies look at one: its attributes, and before these what each user has. */
final class UserPolicyView {
  private UserPolicyView() {}

  static ResourceView of(UUID id, Profile profile) {
    Map<String, Object> attributes = new HashMap<>(profile.attributes());
    attributes.put("subject", profile.subject());
    attributes.put("email", profile.email());
    attributes.put("status", profile.status().code());
    attributes.put("roles", profile.roles());
    return new ResourceView(id.toString(), attributes);
  }
}
