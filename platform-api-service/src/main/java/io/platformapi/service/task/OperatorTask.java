package io.platformapi.service.task;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.servlets.tasks.Task;
import io.platformapi.service.http.ProblemAnswers;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/** {@code POST /tasks/<name>} on the admin port: parameters in, JSON out, errors as the API's. */
final class OperatorTask extends Task {
  private final Operation operation;
  private final ObjectMapper mapper;
  private final TaskStatus status;
  private final ProblemAnswers problems = new ProblemAnswers();

  OperatorTask(String name, Operation operation, ObjectMapper mapper, TaskStatus status) {
    super(name, MediaType.APPLICATION_JSON);
    this.operation = operation;
    this.mapper = mapper;
    this.status = status;
  }

  @Override
  public void execute(Map<String, List<String>> parameters, PrintWriter output) throws IOException {
    Object answer;
    try {
      answer = operation.run(new TaskParameters(parameters));
    } catch (RuntimeException e) {
      Response problem = problems.of(e);
      status.set(problem.getStatus());
      answer = problem.getEntity();
    }
    output.println(mapper.writeValueAsString(answer));
  }
}
