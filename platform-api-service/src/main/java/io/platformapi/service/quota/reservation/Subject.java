package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.engine.CallNames;
import io.platformapi.service.usage.LedgerScope;
import java.util.EnumMap;
import java.util.Map;

/** Who calls what; each may be null. The names are those that the gateway's events will have. */
public record Subject(
    String team, String user, String endUser, String apiKey, String provider, String model) {

  public CallNames names() {
    Map<LedgerScope, String> names = new EnumMap<>(LedgerScope.class);
    names.put(LedgerScope.TEAM, team);
    names.put(LedgerScope.USER, user);
    names.put(LedgerScope.END_USER, endUser);
    names.put(LedgerScope.API_KEY, apiKey);
    names.put(LedgerScope.PROVIDER, provider);
    names.put(LedgerScope.MODEL, model);
    return CallNames.of(names);
  }
}
