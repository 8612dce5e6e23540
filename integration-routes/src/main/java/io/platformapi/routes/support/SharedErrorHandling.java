package io.platformapi.routes.support;

import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteConfigurationBuilder;

/**
 * Error handling of all routes: no redelivery by Camel (the steps know better what to wait for),
 * and never a body or a whole exchange in the log, since bodies may be prompts.
 */
public final class SharedErrorHandling extends RouteConfigurationBuilder {
  @Override
  public void configuration() {
    routeConfiguration()
        .errorHandler(
            defaultErrorHandler()
                .maximumRedeliveries(0)
                .logExhaustedMessageHistory(false)
                .logExhaustedMessageBody(false)
                .logHandled(false)
                .logStackTrace(false)
                .retryAttemptedLogLevel(LoggingLevel.DEBUG)
                .retriesExhaustedLogLevel(LoggingLevel.WARN));
  }
}
