package io.platformapi.service.task;

/** What an operator can have done. */
@FunctionalInterface
public interface Operation {

  /**
   * @return what is told of it, to be written as JSON
   * @throws RuntimeException one of our problems, answered as the API answers it
   */
  Object run(TaskParameters parameters);
}
