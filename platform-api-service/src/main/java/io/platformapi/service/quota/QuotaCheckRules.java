package io.platformapi.service.quota;

import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.reservation.Checked;
import java.util.ArrayList;
import java.util.List;

/** What a question about quotas must be like. */
final class QuotaCheckRules {
  static final int MAX_ITEMS = 100;

  private QuotaCheckRules() {}

  /**
   * The items, or the one call that is asked about.
   *
   * @throws ValidationException that names every broken rule
   */
  static List<Checked> check(QuotaCheckRequest asked, String currency) {
    if (asked == null) {
      throw new ValidationException("body", "is required");
    }
    Problems problems = new Problems();
    CallRules calls = new CallRules(problems, currency);
    List<Checked> checked = new ArrayList<>();
    if (asked.items() == null) {
      checked.add(
          item(
              calls,
              "",
              new QuotaCheckRequest.Item(
                  asked.subject(), asked.provider(), asked.model(), asked.estimates())));
    } else {
      alone(problems, asked);
      if (asked.items().isEmpty() || asked.items().size() > MAX_ITEMS) {
        throw new ValidationException("items", "must have 1 to " + MAX_ITEMS + " items");
      }
      for (int i = 0; i < asked.items().size(); i++) {
        QuotaCheckRequest.Item item = asked.items().get(i);
        if (item == null) {
          problems.add("items[" + i + "]", "is required");
        } else {
          checked.add(item(calls, "items[" + i + "].", item));
        }
      }
    }
    problems.refuse();
    return checked;
  }

  private static void alone(Problems problems, QuotaCheckRequest asked) {
    if (asked.subject() != null
        || asked.provider() != null
        || asked.model() != null
        || asked.estimates() != null) {
      problems.add("items", "must stand alone");
    }
  }

  private static Checked item(CallRules calls, String path, QuotaCheckRequest.Item item) {
    return new Checked(
        calls.subject(path, item.subject(), item.provider(), item.model()),
        calls.amounts(path + "estimates", item.estimates()));
  }
}
