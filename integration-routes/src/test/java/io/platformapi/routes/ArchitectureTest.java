package io.platformapi.routes;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String ROOT = "io.platformapi.routes";
  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void flowsNeverImportEachOther() {
    for (String flow : new String[] {"ingestion", "outbox", "cache"}) {
      String[] others =
          java.util.stream.Stream.of("ingestion", "outbox", "cache")
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
        .resideInAnyPackage(ROOT + ".ingestion..", ROOT + ".outbox..", ROOT + ".cache..")
        .check(classes);
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices()
        .matching(ROOT + ".(port|message|support|ingestion|outbox|cache)..")
        .should()
        .beFreeOfCycles()
        .check(classes);
  }
}
