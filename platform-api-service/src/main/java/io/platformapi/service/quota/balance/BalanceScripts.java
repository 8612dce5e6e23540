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
   * What all scripts that write do.
   *
   * <p>{@code known} tells the version of what stands under a key and what follows its three
   * numbers: {@code |-} when it was only told of, {@code |time|epoch} when it is kept, {@code
   * |time} or nothing when it passes. Something that would never go is nothing.
   *
   * <p>{@code note} notes a key in the tenant's feed: a sorted set of keys by the number of the
   * change that was the last one of each. Its name is the member of number 0, so that a feed which
   * is lost and begun anew has another. Numbers are microseconds: a Redis that falls back to an
   * earlier state gives none twice.
   */
  private static final String COMMON =
      """
      local function known(key)
        local old = redis.pcall('GET', key)
        if type(old) ~= 'string' then
          return nil
        end
        local version, rest = string.match(old, '^(%%-?%%d+)|%%-?%%d+|%%d+(.*)$')
        if not version or not (rest == '' or rest == '|-' or string.match(rest, '^|%%d+$')
            or string.match(rest, '^|%%d+|%%w+$')) or redis.call('PTTL', key) < 0 then
          return nil
        end
        return tonumber(version), rest
      end
      local function begin(feed, name)
        local last = redis.pcall('ZREVRANGE', feed, 0, 0, 'WITHSCORES')
        if not last[2] then
          redis.call('DEL', feed)
          redis.call('ZADD', feed, 0, name)
          last = {name, '0'}
        end
        redis.call('PEXPIRE', feed, %1$d)
        return last[2]
      end
      local number
      local function note(feed, name, key)
        if not number then
          local time = redis.call('TIME')
          number = string.format('%%.0f',
            math.max(tonumber(begin(feed, name)) + 1, time[1] * 1000000 + time[2]))
        end
        redis.call('ZADD', feed, number, key)
      end
      local function bound(feed, name)
        if number and redis.call('ZCARD', feed) > %2$d then
          redis.call('DEL', feed)
          begin(feed, name)
        end
      end
      local function version(text)
        return tonumber(string.match(text, '^%%-?%%d+'))
      end
      local function tell(key, text, rest, life)
        if not rest or rest == '|-' then
          redis.call('SET', key, text .. '|-', 'PX', life)
        else
          redis.call('SET', key, text .. rest, 'KEEPTTL')
        end
      end
      """
          .formatted(FEED_MILLIS, MOST_FED);

  /**
   * Tells of balances that were committed: each comes in the place of one of no higher version and
   * is believed as that was, and for as long; in the place of none it is not.
   */
  static final Script TELL =
      Script.of(
          COMMON
              + """
      local feed = KEYS[#KEYS]
      for i = 1, #KEYS - 1 do
        local text = ARGV[i + 2]
        local old, rest = known(KEYS[i])
        if not old or old <= version(text) then
          tell(KEYS[i], text, rest, ARGV[2])
          note(feed, ARGV[1], KEYS[i])
        end
      end
      bound(feed, ARGV[1])
      return 1
      """);

  /**
   * Takes in what was read of the database, each in the place of one of no higher version. To be
   * kept in the place of one that is not kept, nothing may have been told since before it was read.
   */
  static final Script FILL =
      Script.of(
          COMMON
              + """
      local feed = KEYS[#KEYS - 1]
      local seen = ARGV[4]
      local open = seen ~= '' and redis.pcall('GET', KEYS[#KEYS]) == seen
      for i = 1, #KEYS - 2 do
        local text = ARGV[i + 4]
        local epoch = string.match(text, '^%-?%d+|%-?%d+|%d+|%d+|(.*)$')
        local old, rest = known(KEYS[i])
        local kept = rest and string.match(rest, '^|%d+|(%w+)$')
        if kept and kept ~= epoch then
          old = nil
        end
        if not old or old <= version(text) then
          if not epoch or open or old and kept then
            redis.call('SET', KEYS[i], text, 'PX', epoch and ARGV[3] or ARGV[2])
            if not epoch or old ~= version(text) or not kept then
              note(feed, ARGV[1], KEYS[i])
            end
          end
        end
      end
      bound(feed, ARGV[1])
      return 1
      """);

  /** What is told of a tenant's place, whether its copy is believed, and the time. */
  static final Script PLACE =
      Script.of(
          """
      local place = redis.pcall('GET', KEYS[1])
      local time = redis.call('TIME')
      return {type(place) == 'string' and place or '', redis.call('EXISTS', KEYS[2]),
        string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))}
      """);

  /**
   * Tells what the database says has changed, if the tenant's place is still the one from which it
   * was asked; goes to the next one, and says until when the copy is believed. Who has seen of the
   * copy what was believed before does not fill it any more.
   *
   * @return how many were missing of those that were there; or -1
   */
  static final Script ADVANCE =
      Script.of(
          COMMON
              + """
      local feed, place, believed = KEYS[#KEYS - 2], KEYS[#KEYS - 1], KEYS[#KEYS]
      local present = redis.pcall('GET', place)
      if (type(present) == 'string' and present or '') ~= ARGV[3] then
        return -1
      end
      local missing = 0
      for i = 1, #KEYS - 3 do
        local text = ARGV[i + 7]
        local old, rest = known(KEYS[i])
        if not old or old < version(text) then
          missing = missing + (old and 1 or 0)
          tell(KEYS[i], text, rest, ARGV[2])
          note(feed, ARGV[1], KEYS[i])
        end
      end
      bound(feed, ARGV[1])
      redis.call('SET', place, ARGV[4], 'PX', ARGV[7])
      if ARGV[6] ~= '' then
        redis.call('SET', believed, ARGV[5])
        redis.call('PEXPIREAT', believed, ARGV[6])
      elseif redis.call('EXISTS', believed) == 1 then
        redis.call('SET', believed, ARGV[5], 'KEEPTTL')
      end
      return missing
      """);

  /**
   * What is believed, and what a feed tells since a change: its name, the number of its last
   * change, and, if it is the same feed and nothing is missing, the keys that have changed since
   * and their values.
   */
  static final Script FOLLOW =
      Script.of(
          COMMON
              + """
      local feed = KEYS[1]
      local seen = redis.pcall('GET', KEYS[2])
      seen = type(seen) == 'string' and seen or ''
      local number = string.format('%%.0f', tonumber(begin(feed, ARGV[3])))
      local name = redis.call('ZRANGE', feed, 0, 0)[1]
      if name ~= ARGV[1] or tonumber(number) < tonumber(ARGV[2]) then
        return {seen, name, number}
      end
      local keys = redis.call('ZRANGEBYSCORE', feed, '(' .. ARGV[2], '+inf', 'LIMIT', 0, %1$d)
      if #keys == 0 then
        return {seen, name, number, {}, {}}
      elseif #keys == %1$d then
        return {seen, name, number}
      end
      return {seen, name, number, keys, redis.call('MGET', unpack(keys))}
      """
                  .formatted(MOST_TOLD));

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
