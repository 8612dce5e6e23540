package io.platformapi.service.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.testing.RealServers;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class LocalServersTest {

  @Test
  void postgresAnswers() throws Exception {
    try (var connection =
            DriverManager.getConnection(
                RealServers.postgres().jdbcUrl("postgres"), "postgres", "");
        var rows = connection.createStatement().executeQuery("SHOW server_version_num")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isGreaterThanOrEqualTo(160000);
    }
  }

  @Test
  void redisAnswers() throws Exception {
    try (Socket socket = new Socket("localhost", RealServers.redis().port())) {
      OutputStream out = socket.getOutputStream();
      out.write("PING\r\n".getBytes(StandardCharsets.UTF_8));
      byte[] answer = socket.getInputStream().readNBytes(5);
      assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("+PONG");
    }
  }

  @Test
  void kafkaHasTheTopicsItWasAskedFor() throws Exception {
    RealServers.kafka().createTopics(3, "local-servers-test");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", RealServers.kafka().brokers()))) {
      assertThat(admin.listTopics().names().get()).contains("local-servers-test");
    }
  }
}
