package io.platformapi.service.task;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Lets a task say which status it ends with: Dropwizard's own are 200 and 500 alone. */
final class TaskStatus implements Filter {
  private final ThreadLocal<HttpServletResponse> present = new ThreadLocal<>();

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    present.set((HttpServletResponse) response);
    try {
      chain.doFilter(request, response);
    } finally {
      present.remove();
    }
  }

  /** To be called before anything is written. */
  void set(int status) {
    present.get().setStatus(status);
  }
}
