package io.platformapi.service.quota.reservation;

import io.platformapi.service.persistence.SqlFailure;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** A lane for each tenant. */
final class Lanes<Q> {
  private static final int MOST = 128;

  private final Consumer<String> linger;
  private final BiFunction<String, List<Q>, List<Outcome>> group;
  private final Map<String, Lane<Q, Outcome>> lanes = new ConcurrentHashMap<>();

  /**
   * @param linger lets whoever answers for a tenant next wait for others
   */
  Lanes(Consumer<String> linger, BiFunction<String, List<Q>, List<Outcome>> group) {
    this.linger = linger;
    this.group = group;
  }

  Outcome ask(String tenantId, Q question) {
    return lanes
        .computeIfAbsent(
            tenantId, id -> new Lane<>(MOST, () -> linger.accept(id), all -> answer(id, all)))
        .ask(question);
  }

  /** What the database refuses of one must not be the others' loss. */
  private List<Outcome> answer(String tenantId, List<Q> questions) {
    try {
      return group.apply(tenantId, questions);
    } catch (SqlFailure failure) {
      if (questions.size() == 1) {
        throw failure;
      }
      return questions.stream().map(question -> alone(tenantId, question)).toList();
    }
  }

  private Outcome alone(String tenantId, Q question) {
    try {
      return group.apply(tenantId, List.of(question)).get(0);
    } catch (RuntimeException e) {
      return new Outcome.Failed(e);
    }
  }
}
