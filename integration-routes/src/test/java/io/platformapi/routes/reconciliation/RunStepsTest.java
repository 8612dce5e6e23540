package io.platformapi.routes.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.routes.message.RunState;
import io.platformapi.routes.message.SpendPullResult;
import io.platformapi.routes.reconciliation.Interruption.StoppedException;
import io.platformapi.routes.support.Stopping;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each step by itself. */
class RunStepsTest {
  private final MemoryRuns books = new MemoryRuns();
  private final Stopping stopping = new Stopping();
  private final Interruption interruption = new Interruption(stopping);

  @Test
  void fetchReadsEachTeamBeyondBothEdges() {
    FetchStep step = new FetchStep(books::read, books, interruption);
    step.perform(books.run());
    String window =
        " 2026-11-22T09:58:00Z 2026-11-22T11:02:00Z 00000000-0000-0001-0000-000000000002";
    assertThat(books.done).containsExactly("read team-a" + window, "read team-b" + window);
    assertThat(step.reaches()).isEqualTo(RunState.FETCHED);
  }

  @Test
  void fetchThatWasToldToStopIsNotDone() {
    FetchStep step =
        new FetchStep(
            (team, from, to, into, request) -> new SpendPullResult(1, 0, 0, from, false),
            books,
            interruption);
    assertThatThrownBy(() -> step.perform(books.run())).isInstanceOf(StoppedException.class);
  }

  @Test
  void loadCutsTheWholeWindow() {
    inPieces(new LoadStep(books, interruption), "load", RunState.LOADED);
  }

  @Test
  void matchMatchesEverySlice() {
    inPieces(new MatchStep(books, interruption), "match", RunState.MATCHED);
  }

  @Test
  void classifyNamesAllThatIsFound() {
    inPieces(new ClassifyStep(books, interruption), "classify", RunState.CLASSIFIED);
  }

  @Test
  void decideDecidesAllThatIsNamed() {
    inPieces(new DecideStep(books, interruption), "decide", RunState.DECIDED);
  }

  @Test
  void postPostsBatchByBatch() {
    inPieces(new PostStep(books, interruption), "post", RunState.POSTED);
  }

  @Test
  void countersAreComparedOnce() {
    once(new CountersStep(books), "counters", RunState.COUNTED);
  }

  @Test
  void pushLimitsPushesOnce() {
    once(new PushLimitsStep(books), "push", RunState.LIMITS_PUSHED);
  }

  @Test
  void publishTellsOnce() {
    once(new PublishStep(books), "publish", RunState.PUBLISHED);
  }

  @Test
  void reportClosesTheRun() {
    once(new ReportStep(books), "report", RunState.COMPLETED);
  }

  private void inPieces(RunStep step, String piece, RunState state) {
    books.pieces.put(piece, 3);
    step.perform(books.run());
    assertThat(books.done).containsExactly(piece, piece, piece);
    assertThat(step.reaches()).isEqualTo(state);
    // A node that stops does not begin another piece.
    books.done.clear();
    books.pieces.put(piece, 3);
    stopping.stop();
    assertThatThrownBy(() -> step.perform(books.run())).isInstanceOf(StoppedException.class);
    assertThat(books.done).containsExactly(piece);
  }

  private void once(RunStep step, String piece, RunState state) {
    step.perform(books.run());
    assertThat(books.done).isEqualTo(List.of(piece));
    assertThat(step.reaches()).isEqualTo(state);
  }
}
