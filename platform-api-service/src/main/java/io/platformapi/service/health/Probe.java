package io.platformapi.service.health;

/**
 * Tells whether one server that we depend on answers.
 *
 * @param name name of the server in the answers
 * @param required whether nothing can be served without it
 * @param check fails when the server does not answer as it should
 */
public record Probe(String name, boolean required, Check check) {

  /** One attempt; it bounds its own time. */
  @FunctionalInterface
  public interface Check {
    void run() throws Exception;
  }
}
