package io.platformapi.service.quota;

import io.platformapi.service.http.Page;
import io.platformapi.service.quota.engine.FailMode;
import java.util.List;

/**
 * A page of a tenant's limits.
 *
 * @param failMode what is answered while the tenant's database is away
 * @param nextCursor where the next page begins, or null on the last page
 */
public record QuotaPage(String failMode, List<QuotaDefinition> items, String nextCursor) {

  static QuotaPage of(FailMode failMode, Page<QuotaDefinition> page) {
    return new QuotaPage(failMode.wire(), page.items(), page.nextCursor());
  }
}
