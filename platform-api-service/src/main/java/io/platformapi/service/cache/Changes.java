package io.platformapi.service.cache;

import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.InTenant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what has changed, so that no node's cache keeps it: at once here, soon elsewhere by a
 * hint, and by the table of changes in any case.
 */
public final class Changes {
  private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

  private final InAdmin admin;
  private final InTenant tenant;
  private final Caches caches;
  private final OpenMarks marks;
  private final Consumer<Change> hint;
  private final ChangeSql sql = new ChangeSql();

  /**
   * @param marks of this node, which the poller keeps alive
   * @param hint tells the other nodes, or not; must return at once
   */
  public Changes(
      InAdmin admin, InTenant tenant, Caches caches, OpenMarks marks, Consumer<Change> hint) {
    this.admin = admin;
    this.tenant = tenant;
    this.caches = caches;
    this.marks = marks;
    this.hint = hint;
  }

  /**
   * Records a change of the admin database in the transaction that makes it. When that transaction
   * has returned, this node's caches know.
   *
   * @param key see {@link CacheKind} and {@link Change}
   * @throws IllegalStateException outside of a transaction of the admin database
   */
  public void record(CacheKind kind, String key) {
    Change change = new Change(kind, key);
    admin.afterCommit(() -> tell(change));
    admin.sql(connection -> sql.record(connection, change));
  }

  /**
   * Runs work that changes a tenant's database in a transaction of its own. While it runs, all
   * nodes take the key as stale again and again, also when this node dies; when it returns or
   * throws, this node's caches know.
   *
   * @param key see {@link CacheKind} and {@link Change}
   * @param work opens and ends its transaction itself
   * @throws IllegalStateException inside a transaction: it would end after the work
   * @throws DatabaseUnavailableException when the admin database cannot be asked; nothing was done
   */
  public <T> T around(CacheKind kind, String key, Supplier<T> work) {
    return around(kind, List.of(key), work);
  }

  /** The same for a change that concerns several keys. */
  public <T> T around(CacheKind kind, Collection<String> keys, Supplier<T> work) {
    if (admin.isOpen() || tenant.isOpen()) {
      throw new IllegalStateException("the transaction must begin inside");
    }
    List<OpenMarks.Mark> open = mark(keys.stream().map(key -> new Change(kind, key)).toList());
    open.forEach(marks::open);
    try {
      return work.get();
    } finally {
      // Whether a transaction that failed was committed is not always known.
      settle(open);
    }
  }

  private List<OpenMarks.Mark> mark(List<Change> changes) {
    return admin.sql(
        connection -> {
          List<OpenMarks.Mark> open = new ArrayList<>();
          for (Change change : changes) {
            open.add(new OpenMarks.Mark(sql.mark(connection, change), change, false));
          }
          return open;
        });
  }

  private void settle(List<OpenMarks.Mark> open) {
    try {
      admin.sql(
          connection -> {
            for (OpenMarks.Mark mark : open) {
              sql.settle(connection, mark.id(), mark.change());
            }
            return null;
          });
      open.forEach(mark -> marks.settled(mark.id()));
    } catch (RuntimeException e) {
      LOG.warn("a change is settled later: {}", e.getMessage());
      open.forEach(mark -> marks.left(mark.id()));
    }
    open.forEach(mark -> tell(mark.change()));
  }

  private void tell(Change change) {
    caches.invalidated(change, ChangeSource.LOCAL);
    hint.accept(change);
  }
}
