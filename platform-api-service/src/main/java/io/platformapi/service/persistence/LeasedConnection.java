package io.platformapi.service.persistence;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A connection on loan: closing gives it back once, and it is of no use afterwards. */
final class LeasedConnection implements InvocationHandler {
  private final Connection connection;
  private final Consumer<Boolean> giveBack;
  private final AtomicBoolean returned = new AtomicBoolean();

  private LeasedConnection(Connection connection, Consumer<Boolean> giveBack) {
    this.connection = connection;
    this.giveBack = giveBack;
  }

  /**
   * @param giveBack called once, with true when the connection must not be used again
   */
  static Connection of(Connection connection, Consumer<Boolean> giveBack) {
    return (Connection)
        Proxy.newProxyInstance(
            LeasedConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new LeasedConnection(connection, giveBack));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    switch (method.getName()) {
      case "close":
        end(false);
        return null;
      case "abort":
        end(true);
        return null;
      case "isClosed":
        return returned.get() || connection.isClosed();
      case "equals":
        return proxy == arguments[0];
      case "hashCode":
        return System.identityHashCode(proxy);
      case "toString":
        return "leased " + connection;
      default:
        if (returned.get()) {
          throw new SQLException("the connection was given back", "08003");
        }
        try {
          return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
          throw e.getCause();
        }
    }
  }

  private void end(boolean broken) {
    if (returned.compareAndSet(false, true)) {
      giveBack.accept(broken);
    }
  }
}
