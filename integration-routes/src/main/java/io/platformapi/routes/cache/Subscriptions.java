package io.platformapi.routes.cache;

import java.util.Collection;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.listener.Topic;

/**
 * Redis subscriptions that begin with their first listener. Without Redis the listener is refused,
 * so that its route is started again later; after that, lost connections are made anew here.
 */
final class Subscriptions extends RedisMessageListenerContainer {
  @Override
  public void addMessageListener(MessageListener listener, Collection<? extends Topic> topics) {
    super.addMessageListener(listener, topics);
    if (!isRunning()) {
      try {
        start();
      } catch (RuntimeException e) {
        stop();
        removeMessageListener(listener, topics);
        throw e;
      }
    }
  }
}
