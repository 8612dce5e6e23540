package io.platformapi.service.reconciliation;

import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.persistence.Parameters;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * Sees to it that one node reads the gateway's spend log and the others do not repeat it. Two that
 * read at once do no harm.
 */
public final class SpendTurn implements BooleanSupplier {
  private static final String TAKE =
      """
      INSERT INTO spend_turn AS t (node, until)
      VALUES (?, clock_timestamp() + ? * interval '1 millisecond')
      ON CONFLICT (one) DO UPDATE SET node = EXCLUDED.node, until = EXCLUDED.until
      WHERE t.node = EXCLUDED.node OR t.until <= clock_timestamp()
      """;

  private final InAdmin admin;
  private final Duration turn;
  private final UUID node = UUID.randomUUID();

  /**
   * @param turn how long a node that does not read any more keeps it
   */
  public SpendTurn(InAdmin admin, Duration turn) {
    this.admin = admin;
    this.turn = turn;
  }

  @Override
  public boolean getAsBoolean() {
    return admin.sql(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(TAKE)) {
            new Parameters(statement).add(node).add(turn.toMillis());
            return statement.executeUpdate() == 1;
          }
        });
  }
}
