package io.platformapi.service.outbox;

import io.platformapi.routes.message.OutboxMessage;
import io.platformapi.routes.port.Outbox;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlWork;
import io.platformapi.service.persistence.TenantDatabases;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the committed events of all databases to a publisher, at least once and in the order of
 * each database.
 *
 * <p>Databases known to have news are visited on every call; all are visited once in a while, for
 * news whose note was lost with its node. A database that fails does not hold the others.
 */
public final class OutboxRelay implements Outbox {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
  private static final int PUBLISHER_FAILURES = 3;

  private static final String CLAIM =
      "SELECT pg_try_advisory_xact_lock(hashtextextended('outbox', 0))";
  private static final String WAITING = "SELECT id, key, value FROM outbox ORDER BY id LIMIT ?";
  private static final String REMOVE = "DELETE FROM outbox WHERE id = ANY (?)";

  private final InAdmin admin;
  private final InTenant tenants;
  private final TenantDatabases databases;
  private final Duration sweepInterval;

  private final AtomicBoolean adminNews = new AtomicBoolean(true);
  private final Set<String> tenantNews = ConcurrentHashMap.newKeySet();
  private volatile long sweptAt;
  private volatile boolean swept;

  /**
   * @param sweepInterval pause between two visits of all tenants; opens a connection to each
   */
  public OutboxRelay(
      InAdmin admin, InTenant tenants, TenantDatabases databases, Duration sweepInterval) {
    this.admin = admin;
    this.tenants = tenants;
    this.databases = databases;
    this.sweepInterval = sweepInterval;
  }

  /** Notes that the admin database has news. */
  public void adminChanged() {
    adminNews.set(true);
  }

  /** Notes that a tenant's database has news. */
  public void tenantChanged(String tenantId) {
    tenantNews.add(tenantId);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when the publisher failed for some database; events of others may
   *     have been published
   */
  @Override
  public synchronized int relay(int limit, Publisher publisher) {
    noteAllWhenDue();
    Visit visit = new Visit(limit, publisher);
    if (adminNews.getAndSet(false) && visit.leavesNews("admin", admin::sql)) {
      adminNews.set(true);
    }
    for (String tenant : List.copyOf(tenantNews)) {
      if (visit.failures >= PUBLISHER_FAILURES) {
        break;
      }
      tenantNews.remove(tenant);
      if (visit.leavesNews(tenant, work -> tenants.sqlLeavingNothing(tenant, work))) {
        tenantNews.add(tenant);
      }
    }
    if (visit.failure != null) {
      throw new IllegalStateException("events could not be published", visit.failure);
    }
    return visit.published;
  }

  private void noteAllWhenDue() {
    long now = System.nanoTime();
    if (swept && now - sweptAt < sweepInterval.toNanos()) {
      return;
    }
    try {
      tenantNews.addAll(databases.ready());
      adminNews.set(true);
      swept = true;
      sweptAt = now;
    } catch (RuntimeException e) {
      LOG.warn("the list of tenants cannot be read: {}", e.getMessage());
    }
  }

  /** One round over the databases. */
  private static final class Visit {
    final int limit;
    final Publisher publisher;
    int published;
    int failures;
    Exception failure;

    Visit(int limit, Publisher publisher) {
      this.limit = limit;
      this.publisher = publisher;
    }

    /** Publishes what waits in a database and tells whether to come back soon. */
    boolean leavesNews(String name, Transactions database) {
      try {
        int sent = database.run(this::publish);
        published += Math.max(0, sent);
        return sent < 0 || sent == limit;
      } catch (PublisherFailure e) {
        failures++;
        failure = (Exception) e.getCause();
        return true;
      } catch (RuntimeException e) {
        LOG.warn("the outbox of {} cannot be read: {}", name, e.getMessage());
        return true;
      }
    }

    /** How many were published, or -1 when another node is at it. */
    private int publish(Connection connection) throws SQLException {
      try (PreparedStatement claim = connection.prepareStatement(CLAIM);
          ResultSet claimed = claim.executeQuery()) {
        claimed.next();
        if (!claimed.getBoolean(1)) {
          return -1;
        }
      }
      List<Long> ids = new ArrayList<>();
      List<OutboxMessage> messages = new ArrayList<>();
      try (PreparedStatement waiting = connection.prepareStatement(WAITING)) {
        waiting.setInt(1, limit);
        try (ResultSet rows = waiting.executeQuery()) {
          while (rows.next()) {
            ids.add(rows.getLong(1));
            messages.add(
                new OutboxMessage(
                    rows.getString(2), rows.getString(3).getBytes(StandardCharsets.UTF_8)));
          }
        }
      }
      if (messages.isEmpty()) {
        return 0;
      }
      try {
        publisher.publish(messages);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PublisherFailure(e);
      } catch (Exception e) {
        throw new PublisherFailure(e);
      }
      Array removed = connection.createArrayOf("bigint", ids.toArray());
      try (PreparedStatement remove = connection.prepareStatement(REMOVE)) {
        remove.setArray(1, removed);
        remove.executeUpdate();
      }
      return messages.size();
    }
  }

  @FunctionalInterface
  private interface Transactions {
    int run(SqlWork<Integer> work);
  }

  private static final class PublisherFailure extends RuntimeException {
    PublisherFailure(Exception cause) {
      super(cause);
    }
  }
}
