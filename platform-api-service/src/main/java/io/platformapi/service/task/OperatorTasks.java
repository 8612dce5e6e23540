package io.platformapi.service.task;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.Environment;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;

/** Serves what operators can have done, on the admin port. */
public final class OperatorTasks {
  private final Environment environment;
  private final ObjectMapper mapper;
  private final TaskStatus status = new TaskStatus();

  public OperatorTasks(Environment environment) {
    this.environment = environment;
    this.mapper = environment.getObjectMapper();
    environment
        .admin()
        .addFilter("task-status", status)
        .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/tasks/*");
  }

  /** Serves one as {@code POST /tasks/<name>}. */
  public OperatorTasks add(String name, Operation operation) {
    environment.admin().addTask(new OperatorTask(name, operation, mapper, status));
    return this;
  }
}
