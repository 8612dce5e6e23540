package io.platformapi.service.usage;

import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * The rows of {@code ledger_accounts}. Their ids are read in each transaction, in the round trip of
 * the events or by the statement that posts, and never cached: a database restored from a backup
 * gives the same ids to other accounts.
 */
final class AccountSql {

  /**
   * Reads the ids of accounts, null for one that does not exist, each with its place in the list,
   * from 1. Not a join: its plan, kept from the time when there were few accounts, would read all.
   */
  static final String SELECT =
      """
      SELECT k.place, (SELECT a.id FROM ledger_accounts a WHERE a.scope = k.scope AND a.key = k.key)
      FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS k (scope, key, place)
      """;

  /**
   * Makes the accounts that are not there, which must come in their order; waits for a concurrent
   * transaction that makes the same one.
   */
  static final String INSERT =
      """
      INSERT INTO ledger_accounts (scope, key, label)
      SELECT k.scope, k.key, k.label
      FROM unnest(?::text[], ?::text[], ?::text[]) AS k (scope, key, label)
      WHERE (SELECT a.id FROM ledger_accounts a WHERE a.scope = k.scope AND a.key = k.key) IS NULL
      ON CONFLICT (scope, key) DO NOTHING
      """;

  private AccountSql() {}

  static void bind(Parameters to, List<AccountKey> keys) throws SQLException {
    to.add(scopes(keys)).add(keys(keys));
  }

  static void bindInsert(Parameters to, List<AccountKey> keys, Map<AccountKey, String> labels)
      throws SQLException {
    bind(to, keys);
    to.add(keys.stream().map(labels::get).toArray(String[]::new));
  }

  static void read(ResultSet rows, List<AccountKey> keys, Map<AccountKey, Long> ids)
      throws SQLException {
    while (rows.next()) {
      long id = rows.getLong(2);
      if (!rows.wasNull()) {
        ids.put(keys.get(rows.getInt(1) - 1), id);
      }
    }
  }

  /** Makes the accounts, which must come in their order, and adds their ids. */
  static void create(
      Connection connection,
      List<AccountKey> keys,
      Map<AccountKey, String> labels,
      Map<AccountKey, Long> ids)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT + ";" + SELECT)) {
      Parameters parameters = new Parameters(statement);
      bindInsert(parameters, keys, labels);
      bind(parameters, keys);
      statement.execute();
      statement.getMoreResults();
      read(statement.getResultSet(), keys, ids);
    }
  }

  private static String[] scopes(List<AccountKey> keys) {
    return keys.stream().map(key -> key.scope().wire()).toArray(String[]::new);
  }

  private static String[] keys(List<AccountKey> keys) {
    return keys.stream().map(AccountKey::key).toArray(String[]::new);
  }
}
