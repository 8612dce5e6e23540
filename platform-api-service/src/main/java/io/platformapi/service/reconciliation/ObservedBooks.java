package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.RunProgress;
import io.platformapi.routes.port.ReconciliationBooks;
import io.platformapi.routes.port.SpendBook;
import java.util.List;
import java.util.function.Consumer;

/** Books that tell of each run whose report is made. */
final class ObservedBooks implements ReconciliationBooks {
  private final ReconciliationBooks books;
  private final Consumer<RunProgress> reported;

  ObservedBooks(ReconciliationBooks books, Consumer<RunProgress> reported) {
    this.books = books;
    this.reported = reported;
  }

  @Override
  public List<String> teams(RunProgress run) {
    return books.teams(run);
  }

  @Override
  public SpendBook gatewaySide(RunProgress run) {
    return books.gatewaySide(run);
  }

  @Override
  public boolean load(RunProgress run) {
    return books.load(run);
  }

  @Override
  public boolean match(RunProgress run) {
    return books.match(run);
  }

  @Override
  public boolean classify(RunProgress run) {
    return books.classify(run);
  }

  @Override
  public boolean decide(RunProgress run) {
    return books.decide(run);
  }

  @Override
  public boolean post(RunProgress run) {
    return books.post(run);
  }

  @Override
  public void compareCounters(RunProgress run) {
    books.compareCounters(run);
  }

  @Override
  public void pushLimits(RunProgress run) {
    books.pushLimits(run);
  }

  @Override
  public void publish(RunProgress run) {
    books.publish(run);
  }

  @Override
  public void report(RunProgress run) {
    books.report(run);
    reported.accept(run);
  }
}
