package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.configuration.ConfigurationValidationException;
import io.dropwizard.configuration.FileConfigurationSourceProvider;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.platformapi.service.config.GatewayConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.text.StringSubstitutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** config.yml is read and checked as the command {@code check} does. */
class ConfigurationTest {
  private static final Map<String, String> DOCUMENTED =
      Map.of("INGEST_TOKENS", "a-secret", "API_KEY_PEPPERS", "first:" + "anothersecret".repeat(4));

  private final ObjectMapper mapper = Jackson.newObjectMapper();

  @Test
  void itIsValidWithNothingButTheSecrets() {
    assertThatCode(() -> read(DOCUMENTED)).doesNotThrowAnyException();
  }

  @Test
  void withoutTheSecretsItSaysSo() {
    assertThatThrownBy(() -> read(Map.of()))
        .isInstanceOf(ConfigurationValidationException.class)
        .hasMessageContaining("auth.ingestTokens must not be blank")
        .hasMessageContaining("apiKeys.peppers must be id:secret,id:secret,...");
  }

  @ParameterizedTest
  @CsvSource({
    "LOGTO_ISSUER, ' ', auth.issuer",
    "LOGTO_ISSUER, logto, auth.issuer must be a URL",
    "KAFKA_USAGE_TOPIC, ' ', kafka.usageTopic",
    "KAFKA_CONSUMERS, -1, kafka.consumers",
    "KAFKA_RETRY_DELAY, soon, kafka.retryDelay",
    "API_KEY_PEPPERS, first:dG9vIHNob3J0, apiKeys.peppers",
    "API_KEY_LAST_USED_INTERVAL, 0s, apiKeys.lastUsedInterval",
    "PLATFORM_PORT, many, port",
    "LOGTO_GATEWAY_PATH, logto, auth.gatewayPath",
    "GATEWAY_MAX_CONCURRENT_CALLS, -1, gateway.maxConcurrentCalls",
    "GATEWAY_MAX_WAIT, 1h, gateway.maxWait",
    "LITELLM_GATEWAY_PATH, /a/b, gateway.litellm.path must be / and one name",
    "LITELLM_GATEWAY_PATH, /kong-admin, must have different paths",
    "FLAGSMITH_GATEWAY_PATH, /a/b, gateway.flagsmith.path must be / and one name",
    "FLAGSMITH_GATEWAY_PATH, /litellm, must have different paths",
    "FLAGSMITH_ENVIRONMENT_KEY, TNyLL9ZZL725, must be a server-side key",
    "OPENAI_GATEWAY_PATH, /providers/openai, must be / and one name",
    "OPENAI_GATEWAY_PATH, /provider-groq, must have different paths",
    "GROQ_API_KEY, a b, credential must be visible ASCII",
    "LITELLM_API_KEY, a b, gateway.litellm.credential must be visible ASCII",
    "QUOTA_REPAIR_INTERVAL, 6s, quotas.repairInterval must be at most half of quotas.copyLife",
    "QUOTA_COPY_LIFE, 3s, quotas.repairInterval must be at most half of quotas.copyLife",
    "QUOTA_REPAIR_INTERVAL, 0s, quotas.repairInterval",
    "LOGTO_CLIENT_ID, console, signIn needs at least one redirect URI",
    "SIGN_IN_REDIRECT_URIS, 'https://ok.example/callback,/callback', signIn redirect URIs must be",
    "SIGN_OUT_REDIRECT_URIS, https://ok.example/#bye, signIn redirect URIs must be"
  })
  void whatIsWrongIsNamed(String variable, String value, String field) {
    Map<String, String> variables = new HashMap<>(DOCUMENTED);
    variables.put(variable, value);
    assertThatThrownBy(() -> read(variables)).hasMessageContaining(field);
  }

  @Test
  void noSecretIsInWhatIsPrinted() throws Exception {
    assertThat(read(DOCUMENTED).auth().toString()).doesNotContain("a-secret");
    assertThat(read(DOCUMENTED).apiKeys().toString()).doesNotContain("anothersecret");
    Map<String, String> variables = new HashMap<>(DOCUMENTED);
    variables.put("LITELLM_API_KEY", "litellm-secret");
    variables.put("KONG_ADMIN_TOKEN", "kong-secret");
    variables.put("FLAGSMITH_ENVIRONMENT_KEY", "ser.flagsmith-secret");
    variables.put("GOOGLE_API_KEY", "google-secret");
    variables.put("LOGTO_CLIENT_ID", "console");
    variables.put("LOGTO_CLIENT_SECRET", "another-secret");
    variables.put("SIGN_IN_REDIRECT_URIS", "https://one.example/a, https://two.example/b");
    PlatformConfiguration configuration = read(variables);
    assertThat(configuration.signIn().clientSecret()).isEqualTo("another-secret");
    assertThat(configuration.signIn().toString()).doesNotContain("another-secret");
    assertThat(configuration.signIn().redirectUriList())
        .containsExactly("https://one.example/a", "https://two.example/b");
    assertThat(configuration.gateway().toString()).doesNotContain("secret");
  }

  @Test
  void anUpstreamIsGivenItsOwnSecretAndNoOther() throws Exception {
    assertThat(read(DOCUMENTED).gateway().credentialsOf("litellm")).isEmpty();
    Map<String, String> variables = new HashMap<>(DOCUMENTED);
    variables.put("LITELLM_API_KEY", "sk-1");
    variables.put("LITELLM_GATEWAY_PATH", "/llm");
    variables.put("KONG_ADMIN_TOKEN", "token-2");
    variables.put("FLAGSMITH_ENVIRONMENT_KEY", "ser.3");
    variables.put("OPENAI_API_KEY", "key-4");
    variables.put("ANTHROPIC_API_KEY", "key-5");
    variables.put("GOOGLE_API_KEY", "key-6");
    variables.put("GOOGLE_GATEWAY_PATH", "/gemini");
    GatewayConfiguration gateway = read(variables).gateway();
    assertThat(gateway.credentialsOf("llm")).isEqualTo(Map.of("Authorization", "Bearer sk-1"));
    assertThat(gateway.credentialsOf("kong-admin"))
        .isEqualTo(Map.of("Kong-Admin-Token", "token-2"));
    assertThat(gateway.credentialsOf("flagsmith")).isEqualTo(Map.of("X-Environment-Key", "ser.3"));
    assertThat(gateway.credentialsOf("provider-openai"))
        .isEqualTo(Map.of("Authorization", "Bearer key-4"));
    assertThat(gateway.credentialsOf("provider-anthropic")).isEqualTo(Map.of("x-api-key", "key-5"));
    assertThat(gateway.credentialsOf("gemini")).isEqualTo(Map.of("x-goog-api-key", "key-6"));
    assertThat(gateway.credentialsOf("provider-google")).isEmpty();
    assertThat(gateway.credentialsOf("provider-groq")).isEmpty();
    assertThat(gateway.credentialsOf("litellm")).isEmpty();
    assertThat(gateway.credentialsOf("logto")).isEmpty();
    assertThat(gateway.credentialsOf("")).isEmpty();
  }

  @Test
  void noSecretHasADefault() throws Exception {
    Matcher defaults =
        Pattern.compile(
                "\\$\\{([A-Z_]*(PASSWORD|TOKEN|SECRET|PEPPER|API_KEY|ENVIRONMENT_KEY)S?):-([^}]*)}")
            .matcher(Files.readString(Path.of("../config.yml")));
    TreeSet<String> names = new TreeSet<>();
    while (defaults.find()) {
      names.add(defaults.group(1));
      assertThat(defaults.group(3)).as(defaults.group(1)).isEmpty();
    }
    assertThat(names)
        .contains(
            "INGEST_TOKENS",
            "API_KEY_PEPPERS",
            "LOGTO_CLIENT_SECRET",
            "LITELLM_API_KEY",
            "FLAGSMITH_ENVIRONMENT_KEY",
            "OPENAI_API_KEY",
            "ANTHROPIC_API_KEY",
            "GOOGLE_API_KEY",
            "GROQ_API_KEY",
            "KONG_ADMIN_TOKEN",
            "ADMIN_DB_PASSWORD",
            "TENANT_DB_PASSWORD");
  }

  private PlatformConfiguration read(Map<String, String> variables) throws Exception {
    return new YamlConfigurationFactory<>(
            PlatformConfiguration.class, Validators.newValidator(), mapper, "dw")
        .build(
            new SubstitutingSourceProvider(
                new FileConfigurationSourceProvider(), new StringSubstitutor(variables::get)),
            "../config.yml");
  }
}
