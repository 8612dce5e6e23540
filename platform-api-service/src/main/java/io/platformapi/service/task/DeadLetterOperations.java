package io.platformapi.service.task;

import io.platformapi.routes.ingestion.DeadLetter;
import io.platformapi.routes.ingestion.DeadLetterPage;
import io.platformapi.routes.ingestion.DeadLetterQuery;
import io.platformapi.routes.ingestion.DeadLetters;
import io.platformapi.routes.ingestion.DeadLettersUnavailableException;
import io.platformapi.routes.ingestion.LetterPosition;
import io.platformapi.routes.ingestion.Replay;
import io.platformapi.routes.support.PublishUnavailableException;
import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.audit.AuditEvent;
import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.http.RequestContext;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.problem.ValidationException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.MDC;

/** Dead letters for operators: looked at without what they say, and replayed. */
public final class DeadLetterOperations {
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LISTED = 1_000;
  private static final int MAX_CHOSEN = 100;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final DeadLetters letters;
  private final InAdmin admin;
  private final AuditLog audit;
  private final Clock clock;

  /**
   * @param audit of the admin database
   */
  public DeadLetterOperations(DeadLetters letters, InAdmin admin, AuditLog audit, Clock clock) {
    this.letters = letters;
    this.admin = admin;
    this.audit = audit;
    this.clock = clock;
  }

  public void addTo(OperatorTasks tasks) {
    tasks.add("dead-letters", this::list).add("dead-letters-replay", this::replay);
  }

  /**
   * A page of dead letters.
   *
   * @param next {@code from} of the next page, or null on the last one
   */
  public record Listed(List<Row> items, String next) {}

  /**
   * @param letter {@code partition:offset}, as a replay takes it
   */
  public record Row(
      String letter,
      String reason,
      String field,
      String sourceTopic,
      Long sourcePartition,
      Long sourceOffset,
      int bytes,
      Instant deadAt,
      boolean digest,
      String replayedFrom) {

    private static Row of(DeadLetter letter) {
      return new Row(
          letter.position().toString(),
          letter.reason(),
          letter.field(),
          letter.sourceTopic(),
          letter.sourcePartition(),
          letter.sourceOffset(),
          letter.bytes(),
          letter.deadAt(),
          letter.digest(),
          letter.replayedFrom());
    }
  }

  /**
   * What a replay did.
   *
   * @param outcomes number of letters by what became of them
   * @param left the letters that stay, each with why
   * @param next {@code from} to go on at, or null when there are no more
   * @param until what to go on with: a letter that dies again is later, and not taken again
   */
  public record Replayed(
      Map<String, Integer> outcomes, List<Left> left, String next, Instant until) {}

  /** A letter that was asked for and stays. */
  public record Left(String letter, String outcome) {}

  Listed list(TaskParameters parameters) {
    parameters.only("from", "reason", "until", "limit");
    DeadLetterQuery query =
        new DeadLetterQuery(
            from(parameters),
            parameters.text("reason"),
            parameters.time("until"),
            parameters.number("limit", 1, MAX_LISTED, DEFAULT_LIMIT));
    try {
      DeadLetterPage page = letters.list(query);
      return new Listed(page.letters().stream().map(Row::of).toList(), text(page.next()));
    } catch (DeadLettersUnavailableException e) {
      throw unavailable();
    }
  }

  /**
   * Replays the letters that {@code letter} names, or those of {@code reason}. What is about to go
   * is in the audit log before it goes.
   */
  Replayed replay(TaskParameters parameters) {
    parameters.only("letter", "reason", "from", "until", "limit", "by");
    String by = parameters.required("by");
    List<LetterPosition> chosen =
        parameters.all("letter").stream().map(text -> position("letter", text)).distinct().toList();
    boolean byReason = parameters.text("reason") != null;
    if (byReason == !chosen.isEmpty()) {
      throw new ValidationException("letter", "is needed, or reason, and not both");
    }
    if (chosen.size() > MAX_CHOSEN) {
      throw new ValidationException("letter", "may be there " + MAX_CHOSEN + " times");
    }
    if (!byReason) {
      parameters.only("letter", "by");
    }
    Instant until = parameters.time("until");
    try {
      if (!byReason) {
        return send(letters.replay(chosen), by, null, null);
      }
      Instant bound = until == null ? clock.instant() : until;
      DeadLetterQuery query =
          new DeadLetterQuery(
              from(parameters),
              parameters.text("reason"),
              bound,
              parameters.number("limit", 1, DeadLetters.MAX_REPLAYED, DeadLetters.MAX_REPLAYED));
      return send(letters.replay(query), by, query.reason(), bound);
    } catch (DeadLettersUnavailableException | PublishUnavailableException e) {
      throw unavailable();
    }
  }

  private Replayed send(Replay replay, String by, String reason, Instant until) {
    List<Replay.Item> going =
        replay.items().stream().filter(i -> i.outcome() == Replay.Outcome.REPLAYED).toList();
    if (!going.isEmpty()) {
      record(AuditAction.DEAD_LETTERS_REPLAYED, by, reason, going);
      try {
        replay.send();
      } catch (PublishUnavailableException e) {
        record(AuditAction.DEAD_LETTERS_REPLAY_FAILED, by, reason, going);
        throw e;
      }
    }
    Map<String, Integer> outcomes = new TreeMap<>();
    replay.items().forEach(item -> outcomes.merge(item.outcome().code(), 1, Integer::sum));
    return new Replayed(
        outcomes,
        replay.items().stream()
            .filter(item -> item.outcome() != Replay.Outcome.REPLAYED)
            .map(item -> new Left(item.position().toString(), item.outcome().code()))
            .toList(),
        text(replay.next()),
        until);
  }

  /** Nobody signs in on the admin port: who it was is the operator's word. */
  private void record(AuditAction action, String by, String reason, List<Replay.Item> going) {
    Map<String, Object> details = new LinkedHashMap<>();
    if (reason != null) {
      details.put("reason", reason);
    }
    details.put(
        "letters",
        going.stream().map(item -> item.position().toString()).collect(Collectors.toList()));
    admin.transaction(
        () -> {
          audit.record(
              new AuditEvent(
                  "operator:" + by,
                  action,
                  "dead-letters",
                  null,
                  MDC.get(RequestContext.REQUEST_ID_IN_LOGS),
                  details));
          return null;
        });
  }

  private static LetterPosition from(TaskParameters parameters) {
    String text = parameters.text("from");
    return text == null ? LetterPosition.FIRST : position("from", text);
  }

  private static LetterPosition position(String name, String text) {
    try {
      return LetterPosition.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ValidationException(name, "must be partition:offset");
    }
  }

  private static String text(LetterPosition position) {
    return position == null ? null : position.toString();
  }

  private static UnavailableException unavailable() {
    return new UnavailableException("Kafka does not answer", RETRY_AFTER);
  }
}
