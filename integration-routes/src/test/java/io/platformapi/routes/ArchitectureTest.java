package io.platformapi.routes;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String ROOT = "io.platformapi.routes";
  private static final List<String> FLOWS =
      List.of("ingestion", "alert", "outbox", "cache", "gateway", "reconciliation");
  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void flowsNeverImportEachOther() {
    for (String flow : FLOWS) {
      String[] others =
          FLOWS.stream()
              .filter(other -> !other.equals(flow))
              .map(other -> ROOT + "." + other + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(ROOT + "." + flow + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .check(classes);
    }
  }

  @Test
  void theRoutesKnowNoSqlAndNoWeb() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.sql..",
            "javax.sql..",
            "jakarta..",
            "org.hibernate..",
            "io.dropwizard..",
            "org.eclipse.jetty..",
            "io.platformapi.service..")
        .check(classes);
  }

  @Test
  void whatFlowsShareKnowsNoFlow() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".support..", ROOT + ".port..", ROOT + ".message..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            FLOWS.stream().map(flow -> ROOT + "." + flow + "..").toArray(String[]::new))
        .check(classes);
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices()
        .matching(
            ROOT + ".(port|message|support|ingestion|alert|outbox|cache|gateway|reconciliation)..")
        .should()
        .beFreeOfCycles()
        .check(classes);
  }

  @Test
  void onlyTheGatewaySpeaksHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".gateway..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..", "org.apache.hc..", "okhttp3..")
        .orShould()
        .callMethod(java.net.URL.class, "openConnection")
        .orShould()
        .callMethod(java.net.URL.class, "openStream")
        .check(classes);
  }
}
