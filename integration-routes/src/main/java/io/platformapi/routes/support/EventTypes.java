package io.platformapi.routes.support;

/** The event types that the usage topic carries. */
public final class EventTypes {
  public static final String USAGE_RECORDED = "usage.recorded";
  public static final String QUOTA_UPDATED = "quota.updated";

  private EventTypes() {}
}
