package io.platformapi.service.http;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.core.setup.Environment;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.instrumentation.dropwizard.DropwizardExports;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Joins Dropwizard's metrics and ours into one registry and shows it to Prometheus. */
public final class Metrics {
  private static final String PATH = "/metrics";

  private final PrometheusRegistry prometheus = new PrometheusRegistry();
  private final MeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, prometheus, Clock.SYSTEM);

  public Metrics(MetricRegistry dropwizard) {
    prometheus.register(new DropwizardExports(dropwizard));
  }

  /** The registry for our own meters and Camel's. */
  public MeterRegistry meters() {
    return meters;
  }

  /** Serves {@code GET /metrics} on the application port and on the admin port. */
  public void serve(Environment environment) {
    environment
        .servlets()
        .addServlet("metrics", new PrometheusMetricsServlet(prometheus))
        .addMapping(PATH);
    environment
        .admin()
        .addServlet("prometheus", new PrometheusMetricsServlet(prometheus))
        .addMapping(PATH);
  }
}
