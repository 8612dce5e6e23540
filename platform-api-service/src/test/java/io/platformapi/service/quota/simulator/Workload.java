package io.platformapi.service.quota.simulator;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.quota.reservation.Checked;
import io.platformapi.service.quota.reservation.EndRequest;
import io.platformapi.service.quota.reservation.GrantRequest;
import io.platformapi.service.quota.reservation.Reservation;
import io.platformapi.service.quota.reservation.Subject;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What comes: callers, the gateway's events, sweepers, changes of quotas, and misfortune. */
final class Workload {
  private static final String TENANT = SimulatedDatabase.TENANT;
  private static final int MOST_RULES = 4;

  private final World world;
  private final Dice dice;
  private final Answers answers;
  private final List<GrantRequest> asked = new ArrayList<>();
  private final List<EndRequest> ended = new ArrayList<>();
  private final List<UsageRecord> told = new ArrayList<>();
  private Instant keysSince;
  private int names;
  private long bonusNumbers;

  Workload(World world) {
    this.world = world;
    this.dice = world.dice;
    this.answers = new Answers(world);
    this.keysSince = world.now();
  }

  void setUp() {
    List<Rule> rules = new ArrayList<>();
    int many = dice.between(1, MOST_RULES);
    for (int i = 0; i < many; i++) {
      rules.add(rule());
    }
    world.database.setRules(rules, bonuses(rules));
    world.nodes.forEach(node -> node.skew(skew()));
    if (world.traces()) {
      rules.forEach(rule -> world.trace(rule.toString()));
      world.database.bonuses().forEach(bonus -> world.trace(bonus.toString()));
    }
  }

  private Rule rule() {
    WindowKind kind =
        dice.of(
            WindowKind.MINUTE,
            WindowKind.HOUR,
            WindowKind.LIFETIME,
            WindowKind.LIFETIME,
            WindowKind.ROLLING);
    return Rule.of(
        world.id(),
        dice.of(
            QuotaDimension.INPUT_TOKENS,
            QuotaDimension.INPUT_TOKENS,
            QuotaDimension.TOTAL_TOKENS,
            QuotaDimension.REQUESTS,
            QuotaDimension.COST,
            QuotaDimension.SEATS),
        dice.of(null, null, "red", "*"),
        dice.of(null, null, "ann", "*"),
        dice.of(null, null, null, "small", "*"),
        kind,
        kind == WindowKind.ROLLING ? dice.of(60, 300, 3600) : 0,
        dice.between(0, 24),
        dice.of(
            QuotaMode.ENFORCE,
            QuotaMode.ENFORCE,
            QuotaMode.ENFORCE,
            QuotaMode.WARN,
            QuotaMode.OFF));
  }

  private List<Bonus> bonuses(List<Rule> rules) {
    List<Bonus> bonuses = new ArrayList<>();
    if (world.grantDice != null) {
      for (Rule rule : rules) {
        int many = rule.rolling() ? 0 : world.grantDice.of(0, 1, 2, 3);
        for (int i = 0; i < many; i++) {
          bonuses.add(bonus(rule));
        }
      }
    }
    return bonuses;
  }

  private Bonus bonus(Rule rule) {
    Dice chance = world.grantDice;
    Instant from = world.now().plusSeconds(chance.of(-30, 0, 0, 20, 90));
    return Bonus.of(
        new UUID(0x7100L, ++bonusNumbers),
        rule,
        chance.oneIn(3) ? rule.someSubject() : null,
        chance.between(1, 14),
        from,
        from.plusSeconds(chance.of(10, 50, 100, 4000, 100_000)),
        chance.between(0, 1),
        chance.percent(70));
  }

  private Duration skew() {
    int most = (int) World.MOST_SKEW.toMillis();
    return Duration.ofMillis(dice.of(0, 0, dice.between(-50, 50), dice.between(-most, most)));
  }

  void next() {
    int what = dice.below(100);
    if (what < 34) {
      reserve();
    } else if (what < 50) {
      end();
    } else if (what < 62) {
      tell();
    } else if (what < 66) {
      Node node = dice.of(world.nodes);
      begin("repair", node, () -> node.repair.run(TENANT));
    } else if (what < 74) {
      check();
    } else if (what < 78) {
      sweep(dice.of(world.nodes));
    } else if (what < 90) {
      pass();
    } else if (what < 93) {
      world.crash(dice.of(world.nodes));
    } else if (what < 96) {
      world.copy.fail(dice);
    } else if (what < 97) {
      dice.of(world.nodes).skew(skew());
      world.pass(Duration.ZERO);
    } else {
      change();
    }
  }

  private void pass() {
    if (world.idle() && dice.oneIn(12)) {
      world.pass(dice.of(Duration.ofHours(1), Duration.ofHours(5), Duration.ofDays(3)));
    } else {
      world.pass(Duration.ofMillis(dice.of(dice.between(1, 900), dice.between(1000, 40_000))));
    }
  }

  private void begin(String name, Node node, Runnable work) {
    world.begin(task(name, node, work));
  }

  /** What a caller sees when the database is away is no answer. */
  private Task task(String name, Node node, Runnable work) {
    return world.task(
        name,
        node,
        () -> {
          try {
            work.run();
          } catch (DatabaseUnavailableException e) {
            world.current().call("is not answered", () -> null);
          }
        });
  }

  private void reserve() {
    List<GrantRequest> group = new ArrayList<>();
    int many = dice.of(1, 1, 2, 3);
    for (int i = 0; i < many; i++) {
      group.add(request());
    }
    reserve(dice.of(world.nodes), group);
  }

  private void reserve(Node node, List<GrantRequest> group) {
    if (world.traces()) {
      group.forEach(
          one ->
              world.trace(
                  "asked: %s %s %s %s %s"
                      .formatted(
                          one.requestId(),
                          one.subject(),
                          one.estimates(),
                          one.timeToLive(),
                          one.key().map(IdempotentRequest::key))));
    }
    Answers.Known known = answers.known(group.stream().map(GrantRequest::key).toList());
    Task task =
        task(
            "reserve",
            node,
            () -> answers.granted(group, known, node.granter.grant(TENANT, group)));
    task.grants = group;
    world.begin(task);
  }

  private GrantRequest request() {
    if (!asked.isEmpty() && dice.oneIn(4)) {
      return again(dice.of(asked));
    }
    String name = "r" + ++names;
    GrantRequest request =
        grant(
            dice.oneIn(4) ? null : name,
            subject(),
            estimates(),
            Duration.ofSeconds(dice.of(1, 5, 30, 120)),
            dice.oneIn(3) ? Optional.empty() : Optional.of(key(name, 0)));
    asked.add(request);
    return request;
  }

  /** A repeated request; another with the same key, or another of the same call. */
  private GrantRequest again(GrantRequest one) {
    if (!fresh()) {
      return grant(
          one.requestId(), one.subject(), one.estimates(), one.timeToLive(), Optional.empty());
    }
    return switch (dice.below(6)) {
      case 0 ->
          grant(
              one.requestId(),
              subject(),
              estimates(),
              one.timeToLive(),
              one.key().map(key -> key(key.key(), 1)));
      case 1 ->
          grant(one.requestId(), one.subject(), estimates(), one.timeToLive(), Optional.empty());
      default -> one;
    };
  }

  /** Keys are only known for a day. */
  private boolean fresh() {
    return world.now().isBefore(keysSince.plus(Duration.ofHours(12)));
  }

  private static IdempotentRequest key(String name, int body) {
    return new IdempotentRequest("callers", name, new byte[] {(byte) body});
  }

  private static GrantRequest grant(
      String requestId,
      Subject subject,
      QuotaAmounts estimates,
      Duration timeToLive,
      Optional<IdempotentRequest> key) {
    return new GrantRequest(
        requestId,
        subject,
        estimates,
        timeToLive,
        "caller",
        key,
        grant -> answer(grant.reservation()));
  }

  private static Response answer(Reservation reservation) {
    return Response.ok(reservation.id() + " " + reservation.state() + " " + reservation.actual())
        .build();
  }

  private Subject subject() {
    return new Subject(
        dice.of("red", "red", "blue", null),
        dice.of("ann", "ann", "bob"),
        null,
        null,
        "openai",
        dice.of("small", "large"));
  }

  private QuotaAmounts estimates() {
    return dice.oneIn(6)
        ? new QuotaAmounts(0, 0, 0, 0, 0, dice.between(1, 4))
        : new QuotaAmounts(dice.between(0, 8), dice.of(0, 2), 1, dice.of(0, 3, 7), 0, 0);
  }

  private void end() {
    List<Reservation> all = List.copyOf(world.database.reservations.values());
    if (all.isEmpty()) {
      return;
    }
    List<EndRequest> group = new ArrayList<>();
    int many = dice.of(1, 1, 2, 3);
    for (int i = 0; i < many; i++) {
      group.add(endRequest(dice.of(all)));
    }
    end(dice.of(world.nodes), group);
  }

  private void end(Node node, List<EndRequest> group) {
    if (world.traces()) {
      group.forEach(
          one ->
              world.trace(
                  "asked: %s %s %s"
                      .formatted(one.id(), one.actual(), one.key().map(IdempotentRequest::key))));
    }
    Answers.Known known = answers.known(group.stream().map(EndRequest::key).toList());
    Task task = task("end", node, () -> answers.ended(group, known, node.ender.end(TENANT, group)));
    task.ends = group;
    world.begin(task);
  }

  private EndRequest endRequest(Reservation one) {
    if (!ended.isEmpty() && fresh() && dice.oneIn(5)) {
      return dice.of(ended);
    }
    boolean settles = dice.percent(70);
    QuotaAmounts actual = null;
    if (settles && one.ofLevels()) {
      actual = new QuotaAmounts(0, 0, 0, 0, 0, dice.between(0, 4));
    } else if (settles) {
      actual =
          dice.oneIn(5)
              ? QuotaAmounts.NONE
              : new QuotaAmounts(dice.between(0, 12), dice.of(0, 2), 1, dice.of(0, 3, 9), 0, 0);
    }
    Optional<IdempotentRequest> key =
        dice.oneIn(2) ? Optional.empty() : Optional.of(key("e" + ++names, 0));
    EndRequest request = new EndRequest(one.id(), actual, "caller", key, Workload::answer);
    ended.add(request);
    return request;
  }

  private void tell() {
    List<UsageRecord> batch = new ArrayList<>();
    int many = dice.between(1, 3);
    for (int i = 0; i < many; i++) {
      batch.add(!told.isEmpty() && dice.oneIn(3) ? dice.of(told) : event());
    }
    Node node = dice.of(world.nodes);
    if (world.traces()) {
      batch.forEach(one -> world.trace("told: " + one));
    }
    begin("tell", node, () -> node.ingest.store(batch));
  }

  /** Of a call that was reserved, mostly; some come late, or are of calls long ago. */
  private UsageRecord event() {
    List<Reservation> all = List.copyOf(world.database.reservations.values());
    boolean reserved = !all.isEmpty() && !dice.oneIn(4);
    Reservation one = reserved ? dice.of(all) : null;
    Subject subject = reserved ? one.subject() : subject();
    Instant started =
        reserved ? one.createdAt() : world.now().minusSeconds(dice.of(0, 20, 90, 4000));
    boolean success = dice.percent(75);
    boolean telling = success || dice.oneIn(2);
    UsageRecord event =
        new UsageRecord(
            world.id(),
            reserved ? one.requestId() : "free" + ++names,
            null,
            success ? CallStatus.SUCCESS : CallStatus.FAILURE,
            false,
            false,
            null,
            started,
            null,
            subject.team(),
            null,
            null,
            null,
            subject.user(),
            null,
            subject.provider(),
            subject.model(),
            subject.model(),
            telling ? dice.between(0, 10) : 0,
            telling ? dice.of(0, 2) : 0,
            0,
            telling ? dice.of(0, 3, 8) : 0);
    told.add(event);
    return event;
  }

  private void check() {
    List<Checked> questions = new ArrayList<>();
    int many = dice.between(1, 3);
    for (int i = 0; i < many; i++) {
      questions.add(new Checked(subject(), estimates()));
    }
    Node node = dice.of(world.nodes);
    if (world.traces()) {
      questions.forEach(one -> world.trace("asked: " + one));
    }
    begin("check", node, () -> answers.checked(questions, node.checker.check(TENANT, questions)));
  }

  private void sweep(Node node) {
    if (dice.oneIn(3)) {
      begin("forget", node, () -> node.expiry.forget(TENANT));
    } else {
      begin("sweep", node, () -> node.expiry.run(TENANT));
    }
  }

  private void change() {
    Node node = dice.of(world.nodes);
    begin(
        "put",
        node,
        () ->
            node.inTransaction(
                transaction -> {
                  transaction.change(this::changed, this::changedBonuses);
                  return null;
                }));
  }

  private List<Bonus> changedBonuses(List<Bonus> present) {
    List<Bonus> bonuses = new ArrayList<>(present);
    Dice chance = world.grantDice;
    if (chance == null || chance.oneIn(3)) {
      return bonuses;
    }
    if (!bonuses.isEmpty() && chance.oneIn(3)) {
      int at = chance.below(bonuses.size());
      bonuses.set(at, bonuses.get(at).revoke());
    } else {
      Rule rule = chance.of(world.database.rules());
      if (!rule.rolling()) {
        bonuses.add(bonus(rule));
      }
    }
    return bonuses;
  }

  private List<Rule> changed(List<Rule> present) {
    if (world.grantDice != null && world.grantDice.percent(50)) {
      return present;
    }
    List<Rule> rules = new ArrayList<>(present);
    int at = dice.below(rules.size());
    int what = dice.below(4);
    if (what == 0 && rules.size() < MOST_RULES) {
      rules.add(rule());
    } else if (what == 1 && rules.size() > 1) {
      rules.remove(at);
    } else {
      QuotaMode mode = dice.of(QuotaMode.ENFORCE, QuotaMode.WARN);
      rules.set(at, rules.get(at).with(dice.between(0, 24), mode));
    }
    return rules;
  }

  /** Time heals: all holds run out, and all that was asked is asked again. */
  void tearDown() {
    world.pass(Duration.ofMinutes(2).plus(World.MOST_SKEW.multipliedBy(2)));
    Node node = dice.of(world.nodes);
    begin("sweep", node, () -> node.expiry.run(TENANT));
    if (fresh()) {
      asked.stream()
          .filter(one -> one.key().isPresent() && answers.wasAnswered(one.key().get()))
          .forEach(one -> reserve(node, List.of(one)));
    }
  }
}
