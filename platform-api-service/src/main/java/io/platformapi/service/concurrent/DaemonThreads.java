package io.platformapi.service.concurrent;

import java.util.concurrent.ThreadFactory;

/** Makes threads of one name that do not keep the process alive. */
public final class DaemonThreads implements ThreadFactory {
  private final String name;

  /**
   * @param name what each of the threads is called
   */
  public DaemonThreads(String name) {
    this.name = name;
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
