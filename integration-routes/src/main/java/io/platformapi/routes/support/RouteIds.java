package io.platformapi.routes.support;

/** The id of every route: names in logs and meters. */
public final class RouteIds {
  public static final String USAGE_INGEST = "usage-ingest";
  public static final String USAGE_RETRY = "usage-retry";
  public static final String OUTBOX_SWEEP = "outbox-sweep";
  public static final String OUTBOX_RELAY = "outbox-relay";
  public static final String INVALIDATION_RECEIVE = "invalidation-receive";
  public static final String INVALIDATION_SEND = "invalidation-send";
  public static final String GATEWAY = "gateway";
  public static final String SPEND_PULL = "spend-pull";
  public static final String RECONCILIATION_SWEEP = "reconciliation-sweep";
  public static final String RECONCILIATION_DUE = "reconciliation-due";
  public static final String RECONCILIATION = "reconciliation";

  private RouteIds() {}
}
