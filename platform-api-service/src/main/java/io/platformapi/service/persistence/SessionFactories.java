package io.platformapi.service.persistence;

import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.model.naming.CamelCaseToUnderscoresNamingStrategy;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;

/** Builds the two session factories, without a connection: the databases may be down. */
public final class SessionFactories {
  private static final int BATCH_SIZE = 50;

  /**
   * @param source of connections in manual commit mode
   */
  public SessionFactory admin(DataSource source, List<Class<?>> entities) {
    return build(
        entities,
        settings -> settings.applySetting(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, source));
  }

  public SessionFactory tenant(
      TenantConnections connections, CurrentTenant tenant, List<Class<?>> entities) {
    return build(
        entities,
        settings ->
            settings
                .applySetting(AvailableSettings.MULTI_TENANT_CONNECTION_PROVIDER, connections)
                .applySetting(AvailableSettings.MULTI_TENANT_IDENTIFIER_RESOLVER, tenant));
  }

  private static SessionFactory build(
      List<Class<?>> entities, Consumer<StandardServiceRegistryBuilder> connections) {
    StandardServiceRegistryBuilder settings =
        new StandardServiceRegistryBuilder()
            .applySetting(AvailableSettings.JAKARTA_HBM2DDL_DB_NAME, "PostgreSQL")
            .applySetting(AvailableSettings.JAKARTA_HBM2DDL_DB_MAJOR_VERSION, "16")
            .applySetting("hibernate.boot.allow_jdbc_metadata_access", "false")
            .applySetting(AvailableSettings.HBM2DDL_AUTO, "none")
            .applySetting(AvailableSettings.CURRENT_SESSION_CONTEXT_CLASS, "managed")
            .applySetting(AvailableSettings.CONNECTION_PROVIDER_DISABLES_AUTOCOMMIT, "true")
            // One session is one connection: a read must undo its read-only mode on the very
            // connection that it set it on, before anybody else can have it.
            .applySetting(
                AvailableSettings.CONNECTION_HANDLING,
                PhysicalConnectionHandlingMode.DELAYED_ACQUISITION_AND_HOLD)
            .applySetting(AvailableSettings.JDBC_TIME_ZONE, "UTC")
            .applySetting(AvailableSettings.STATEMENT_BATCH_SIZE, BATCH_SIZE)
            .applySetting(AvailableSettings.ORDER_INSERTS, "true")
            .applySetting(AvailableSettings.JAKARTA_VALIDATION_MODE, "none")
            .applySetting(
                AvailableSettings.PHYSICAL_NAMING_STRATEGY,
                CamelCaseToUnderscoresNamingStrategy.class.getName());
    connections.accept(settings);
    StandardServiceRegistry registry = settings.build();
    try {
      MetadataSources sources = new MetadataSources(registry);
      entities.forEach(sources::addAnnotatedClass);
      return sources.buildMetadata().buildSessionFactory();
    } catch (RuntimeException e) {
      StandardServiceRegistryBuilder.destroy(registry);
      throw e;
    }
  }
}
