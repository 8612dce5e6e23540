package io.platformapi.service.quota.balance;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** What Redis does with balances in one step. */
final class BalanceScripts {
  /** What is told of a tenant's changes goes when nobody tells or asks for so long. */
  private static final int FEED_MILLIS = 60_000;

  /** Balances that a feed can tell of; whoever follows begins anew when there are more. */
  private static final int MOST_FED = 20_000;

  /** Changes that are told at once; whoever has missed more begins anew. */
  private static final int MOST_TOLD = 5_000;

  /**
   * Puts each value in the place of one of no higher version, or of what is none, and notes its key
   * in the feed of the tenant, the last key. Something that would never go is none either.
   *
   * <p>A feed is a sorted set of keys by the number of the change that was the last one of each.
   * Its name is the member of number 0, so that a feed which is lost and begun anew has another.
   */
  static final Script KEEP_NEWER =
      Script.of(
          """
      local feed = KEYS[#KEYS]
      local last = redis.pcall('ZREVRANGE', feed, 0, 0, 'WITHSCORES')
      if not last[2] then
        redis.call('DEL', feed)
        redis.call('ZADD', feed, 0, ARGV[2])
        last = {ARGV[2], 0}
      end
      local number = tonumber(last[2]) + 1
      for i = 1, #KEYS - 1 do
        local key = KEYS[i]
        local new = ARGV[i + 2]
        local old = redis.pcall('GET', key)
        local version = type(old) == 'string'
          and tonumber(string.match(old, '^(%%-?%%d+)|%%-?%%d+|%%d+$')
            or string.match(old, '^(%%-?%%d+)|%%-?%%d+|%%d+|%%d+$'))
        if not version
          or version <= tonumber(string.match(new, '^%%-?%%d+'))
          or redis.call('PTTL', key) < 0 then
          redis.call('SET', key, new, 'PX', ARGV[1])
          redis.call('ZADD', feed, number, key)
        end
      end
      if redis.call('ZCARD', feed) > %2$d then
        redis.call('DEL', feed)
        redis.call('ZADD', feed, 0, ARGV[2])
      end
      redis.call('PEXPIRE', feed, %1$d)
      return #KEYS
      """
              .formatted(FEED_MILLIS, MOST_FED));

  /**
   * What a feed tells since a change: its name, the number of its last change, and, if it is the
   * same feed and nothing is missing, the keys that have changed since and their values.
   */
  static final Script FOLLOW =
      Script.of(
          """
      local feed = KEYS[1]
      local last = redis.pcall('ZREVRANGE', feed, 0, 0, 'WITHSCORES')
      if not last[2] then
        redis.call('DEL', feed)
        redis.call('ZADD', feed, 0, ARGV[3])
        last = {ARGV[3], '0'}
      end
      redis.call('PEXPIRE', feed, %1$d)
      local name = redis.call('ZRANGE', feed, 0, 0)[1]
      local number = string.format('%%.0f', tonumber(last[2]))
      if name ~= ARGV[1] or tonumber(number) < tonumber(ARGV[2]) then
        return {name, number}
      end
      local keys = redis.call('ZRANGEBYSCORE', feed, '(' .. ARGV[2], '+inf', 'LIMIT', 0, %2$d)
      if #keys == 0 then
        return {name, number, {}, {}}
      elseif #keys == %2$d then
        return {name, number}
      end
      return {name, number, keys, redis.call('MGET', unpack(keys))}
      """
              .formatted(FEED_MILLIS, MOST_TOLD));

  private BalanceScripts() {}

  /** A script and the name by which a server knows it. */
  record Script(String text, String sha) {

    static Script of(String text) {
      return new Script(text, sha1(text));
    }

    Object run(RedisClient redis, List<String> keys, List<String> arguments) {
      try {
        return redis.evalsha(sha, keys, arguments);
      } catch (JedisNoScriptException e) {
        // A server that has just started knows no scripts; this one stays with it.
        return redis.eval(text, keys, arguments);
      }
    }

    private static String sha1(String script) {
      try {
        byte[] digest =
            MessageDigest.getInstance("SHA-1").digest(script.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JVM has it", e);
      }
    }
  }
}
