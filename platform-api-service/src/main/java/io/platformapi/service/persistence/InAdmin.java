package io.platformapi.service.persistence;

import java.util.function.Supplier;

/** Runs work inside the admin database; see {@link InTenant} for the rules. */
public final class InAdmin {

  public <T> T transaction(Supplier<T> work) {
    throw new UnsupportedOperationException();
  }

  public <T> T read(Supplier<T> work) {
    throw new UnsupportedOperationException();
  }

  public <T> T sql(SqlWork<T> work) {
    throw new UnsupportedOperationException();
  }
}
