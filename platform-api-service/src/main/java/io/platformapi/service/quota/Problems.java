package io.platformapi.service.quota;

import io.platformapi.service.http.WireNames;
import io.platformapi.service.problem.FieldProblem;
import io.platformapi.service.problem.ValidationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects every broken rule of an input, so that all are told at once. */
final class Problems {
  private final List<FieldProblem> found = new ArrayList<>();

  void add(String path, String message) {
    found.add(new FieldProblem(path, message));
  }

  void addAll(ValidationException broken) {
    found.addAll(broken.fields());
  }

  /** The value of a name; empty, with a problem, for one of none. */
  <E extends Enum<E>> Optional<E> oneOf(String path, String name, WireNames<E> names) {
    Optional<E> value = names.parse(name);
    if (value.isEmpty()) {
      add(path, "must be one of " + names.list());
    }
    return value;
  }

  /** How many there are. */
  int count() {
    return found.size();
  }

  /**
   * @throws ValidationException when there are any
   */
  void refuse() {
    if (!found.isEmpty()) {
      throw new ValidationException(found);
    }
  }
}
