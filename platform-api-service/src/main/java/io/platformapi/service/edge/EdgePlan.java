package io.platformapi.service.edge;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the edge should have for a tenant.
 *
 * @param wanted limits by what they are for
 * @param inexpressible quotas that the edge cannot say, or not all of them at once
 */
record EdgePlan(SortedMap<EdgeTarget, Wanted> wanted, List<Inexpressible> inexpressible) {
  EdgePlan {
    wanted = new TreeMap<>(wanted);
    inexpressible = List.copyOf(inexpressible);
  }

  /** A limit and the quotas that ask for it. */
  record Wanted(EdgeLimit limit, List<UUID> quotas) {
    Wanted {
      quotas = List.copyOf(quotas);
    }
  }

  /** A quota that stays in force here alone. */
  record Inexpressible(UUID quota, Reason reason) {}

  /** Why the edge cannot say a quota. None is ever rounded to what it could say. */
  enum Reason {
    /** Neither cost nor requests. */
    DIMENSION,
    /** Counts by something that the edge has no limits of, or by several things at once. */
    SCOPE,
    /** A window that the edge does not count in. */
    WINDOW,
    /** The window begins at another moment than the edge's. */
    CALENDAR,
    /** LiteLLM counts US dollars. */
    CURRENCY,
    /** No LiteLLM team that is registered for the tenant. */
    UNKNOWN_TEAM,
    /** The whole tenant, which is more than one of LiteLLM's teams. */
    SEVERAL_TEAMS,
    /** LiteLLM knows keys by their SHA-256, and this is none. */
    NO_KEY_HASH,
    /** LiteLLM has one budget for it, and another quota says that. */
    ONE_BUDGET,
    /** Kong takes no limit below one. */
    ZERO,
    /**
     * Units are granted on top of it: each is used once, and the edge would either refuse them or
     * give them in each window.
     */
    GRANTS
  }

  static EdgePlan of(Map<EdgeTarget, Wanted> wanted, List<Inexpressible> inexpressible) {
    return new EdgePlan(new TreeMap<>(wanted), inexpressible);
  }
}
