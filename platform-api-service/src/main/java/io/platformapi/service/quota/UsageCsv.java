package io.platformapi.service.quota;

import io.platformapi.service.http.CsvWriter;
import java.io.IOException;
import java.time.Instant;

/** Usage as comma-separated values: a row for each name, or for each step of a series. */
final class UsageCsv {
  static final String[] HEADER = {
    "scope",
    "id",
    "label",
    "window",
    "start",
    "end",
    "inputTokens",
    "outputTokens",
    "totalTokens",
    "cachedInputTokens",
    "cachedOutputTokens",
    "requests",
    "requestsSucceeded",
    "requestsFailed",
    "requestsCached",
    "cost",
    "currency",
    "storageBytes",
    "seats"
  };

  private UsageCsv() {}

  static void write(CsvWriter csv, UsageReport report) throws IOException {
    if (report.series() == null) {
      UsageReport.Window window = report.window();
      row(csv, report, window.type(), window.start(), window.end(), report.usage());
      return;
    }
    for (UsageSeries.Point point : report.series().points()) {
      row(csv, report, report.series().step(), point.start(), point.end(), point.usage());
    }
  }

  private static void row(
      CsvWriter csv,
      UsageReport report,
      String window,
      Instant start,
      Instant end,
      UsageTotals usage)
      throws IOException {
    csv.text(report.scope().type())
        .text(report.scope().id())
        .text(report.scope().label())
        .text(window)
        .time(start)
        .time(end)
        .number(usage.inputTokens())
        .number(usage.outputTokens())
        .number(usage.totalTokens())
        .number(usage.cachedInputTokens())
        .number(usage.cachedOutputTokens())
        .number(usage.requests())
        .number(usage.requestsSucceeded())
        .number(usage.requestsFailed())
        .number(usage.requestsCached())
        .money(usage.cost())
        .text(usage.cost().currency())
        .number(usage.storageBytes())
        .number(usage.seats())
        .end();
  }
}
