package io.platformapi.service.bench;

import io.platformapi.service.persistence.TenantTemplate;
import io.platformapi.service.tenant.NewTenant;
import io.platformapi.service.tenant.TenantNode;
import io.platformapi.service.testing.TestDatabases;
import java.sql.Connection;
import java.util.List;
import java.util.Locale;

/** Creating a tenant against the bare {@code CREATE DATABASE ... TEMPLATE} of the same template. */
final class TenantCreateBenchmark implements Benchmark {
  /** The base is compiled code from the beginning. */
  private static final int WARM_UP = 50;

  private static final int CREATIONS = 100;

  @Override
  public String name() {
    return "tenant-create";
  }

  @Override
  public BenchResult run(Progress progress) throws Exception {
    try (TenantNode node = TenantNode.first();
        Connection bare = TestDatabases.connect("postgres")) {
      TenantTemplate template = node.databases.template;
      template.ensure(TestDatabases.SERVER);
      double[] ours = new double[CREATIONS];
      double[] base = new double[CREATIONS];
      for (int i = -WARM_UP; i < CREATIONS; i++) {
        NewTenant tenant = tenant("bench-" + (i + WARM_UP));
        // What a clone leaves the server to write slows down whatever comes next: each comes after
        // either as often.
        boolean first = i % 2 == 0;
        double before = first ? 0 : millis(() -> clone(bare, template.name()));
        double created = millis(() -> node.create(tenant, tenant.id()));
        double cloned = first ? millis(() -> clone(bare, template.name())) : before;
        if (i >= 0) {
          ours[i] = created;
          base[i] = cloned;
        }
      }
      progress.say(CREATIONS + " creations, each next to a bare one");
      return BenchResult.ofRounds(
          name(),
          ours,
          base,
          "ms",
          List.of(
              String.format(
                  Locale.ROOT,
                  "p99 ours %.1f ms, base %.1f ms",
                  BenchResult.percentile(ours, 0.99),
                  BenchResult.percentile(base, 0.99))));
    }
  }

  private static NewTenant tenant(String id) {
    return new NewTenant(id, id, null, null, null, null, List.of("team-" + id), null, null);
  }

  private static void clone(Connection connection, String template) throws Exception {
    try (var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE bare_" + System.nanoTime() + " TEMPLATE " + template);
    }
  }

  private static double millis(Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e6;
  }

  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }
}
