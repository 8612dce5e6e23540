package io.platformapi.service.tenant;

import io.platformapi.service.auth.TenantView;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** All tenants at one moment, by everything they are found by; never changes. */
final class TenantSnapshot {
  static final TenantSnapshot EMPTY = new Builder().build();

  private final Map<TenantKey, Map<String, Entry>> entries;

  private TenantSnapshot(Map<TenantKey, Map<String, Entry>> entries) {
    this.entries = entries;
  }

  Optional<Entry> find(TenantKey kind, String key) {
    return Optional.ofNullable(entries.get(kind).get(key));
  }

  /** How many tenants there are. */
  long size() {
    return entries.get(TenantKey.ID).size();
  }

  /** One tenant. */
  record Entry(TenantView view, String currency, boolean provisionsUsers) {
    String id() {
      return view.id();
    }

    String platformId() {
      return view.platformId();
    }
  }

  /** Collects the tenants of a snapshot. */
  static final class Builder {
    private final Map<TenantKey, Map<String, Entry>> entries = new EnumMap<>(TenantKey.class);

    Builder() {
      for (TenantKey kind : TenantKey.values()) {
        entries.put(kind, new HashMap<>());
      }
    }

    void add(Entry entry, String organization) {
      entries.get(TenantKey.ID).put(entry.id(), entry);
      if (organization != null) {
        entries.get(TenantKey.ORGANIZATION).put(organization, entry);
      }
    }

    /** Ignored when the tenant was not added. */
    void map(TenantKey kind, String key, String tenantId) {
      Entry entry = entries.get(TenantKey.ID).get(tenantId);
      if (entry != null) {
        entries.get(kind).put(key, entry);
      }
    }

    TenantSnapshot build() {
      return new TenantSnapshot(entries);
    }
  }
}
