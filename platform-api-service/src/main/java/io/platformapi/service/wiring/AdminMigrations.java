package io.platformapi.service.wiring;

import io.dropwizard.db.PooledDataSourceFactory;
import io.dropwizard.migrations.MigrationsBundle;
import io.platformapi.service.PlatformConfiguration;

/**
 * {@code admin-db status|migrate|rollback ...}: Liquibase by hand on the admin database. The
 * service migrates by itself when it starts; do not run both at once.
 */
public final class AdminMigrations extends MigrationsBundle<PlatformConfiguration> {
  @Override
  public PooledDataSourceFactory getDataSourceFactory(PlatformConfiguration configuration) {
    return configuration.adminDatabase();
  }

  @Override
  public String getMigrationsFileName() {
    return Databases.ADMIN_CHANGELOG;
  }

  @Override
  public String name() {
    return "admin-db";
  }
}
