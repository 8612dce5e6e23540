package io.platformapi.service.quota;

import io.platformapi.service.quota.balance.QuotaBooks;
import io.platformapi.service.quota.engine.QuotaBook;
import java.util.function.Consumer;

/**
 * The quotas that reservations are decided by: a tenant that has never followed its plan, because
 * whoever made it stopped just then, follows it first.
 */
final class PlannedBooks implements QuotaBooks {
  private final LoadedBooks books;
  private final Consumer<String> follow;

  /**
   * @param follow makes a tenant follow its plan, or throws
   */
  PlannedBooks(LoadedBooks books, Consumer<String> follow) {
    this.books = books;
    this.follow = follow;
  }

  @Override
  public QuotaBook get(String tenantId) {
    LoadedBooks.Loaded loaded = books.loaded(tenantId);
    if (loaded.planned()) {
      return loaded.book();
    }
    follow.accept(tenantId);
    return books.get(tenantId);
  }

  @Override
  public QuotaBook ofVersion(String tenantId, long version) {
    return books.ofVersion(tenantId, version);
  }
}
