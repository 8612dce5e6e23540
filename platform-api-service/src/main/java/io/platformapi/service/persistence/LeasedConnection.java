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

  /** In what state a connection comes back. */
  enum Returned {
    /** Must not be used again. */
    BROKEN,
    /** May have anything left in its session. */
    USED,
    /** Its transaction was committed, and nothing else is left in its session. */
    CLEAN
  }

  /** What a connection on loan can be told, besides. */
  interface Lease {
    void leavesNothing();
  }

  private final Connection connection;
  private final Consumer<Returned> giveBack;
  private boolean clean;
  private final AtomicBoolean returned = new AtomicBoolean();

  private LeasedConnection(Connection connection, Consumer<Returned> giveBack) {
    this.connection = connection;
    this.giveBack = giveBack;
  }

  /**
   * @param giveBack called once
   */
  static Connection of(Connection connection, Consumer<Returned> giveBack) {
    return (Connection)
        Proxy.newProxyInstance(
            LeasedConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class, Lease.class},
            new LeasedConnection(connection, giveBack));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    switch (method.getName()) {
      case "close":
        end(clean ? Returned.CLEAN : Returned.USED);
        return null;
      case "abort":
        end(Returned.BROKEN);
        return null;
      case "leavesNothing":
        clean = true;
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

  private void end(Returned state) {
    if (returned.compareAndSet(false, true)) {
      giveBack.accept(state);
    }
  }
}
