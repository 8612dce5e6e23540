package io.platformapi.service;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import jakarta.persistence.Entity;
import org.junit.jupiter.api.Test;

/** The folder rules of the architecture, held by the build. */
class ArchitectureTest {
  private static final String ROOT = "io.platformapi.service";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);
  private static final String[] FEATURES = {
    ROOT + ".tenant..",
    ROOT + ".apikey..",
    ROOT + ".user..",
    ROOT + ".policy..",
    ROOT + ".signin..",
    ROOT + ".quota..",
    ROOT + ".usage..",
    ROOT + ".reconciliation..",
    ROOT + ".audit..",
    ROOT + ".outbox.."
  };

  @Test
  void httpAndPersistenceImportNoFeature() {
    ArchRule rule =
        noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".http..", ROOT + ".persistence..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(FEATURES);
    rule.check(CLASSES);
  }

  @Test
  void onlyTheApplicationImportsWiring() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".wiring..")
            .and()
            .haveNameNotMatching(ROOT.replace(".", "\\.") + "\\.PlatformApplication.*")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".wiring..");
    rule.check(CLASSES);
  }

  @Test
  void onlyTheDevelopmentCommandImportsTheEmbeddedServers() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".local..", ROOT + ".command..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".local..");
    rule.check(CLASSES);
  }

  @Test
  void nobodyButTheEmbeddedDefaultSpeaksHttpByItself() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".local..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..", "org.apache.hc..", "okhttp3..")
        .orShould()
        .callMethod(java.net.URL.class, "openConnection")
        .orShould()
        .callMethod(java.net.URL.class, "openStream")
        .check(CLASSES);
  }

  @Test
  void entitiesAndDaosStayInTheirFeature() {
    ArchRule rule =
        classes()
            .that(not(resideInAPackage(ROOT + ".wiring..")))
            .should(useEntitiesAndDaosOfTheirOwnPackageOnly());
    rule.check(CLASSES);
  }

  @Test
  void resourcesKnowNoDaoAndNoSession() {
    noClasses()
        .that()
        .haveSimpleNameEndingWith("Resource")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are DAOs, entities or Hibernate",
                type -> isEntityOrDao(type) || type.getPackageName().startsWith("org.hibernate")))
        .check(CLASSES);
  }

  @Test
  void nobodyUsesJcasbinsEnforcersWithACache() {
    ArchRule rule =
        noClasses()
            .should()
            .dependOnClassesThat()
            .haveNameMatching("org\\.casbin\\.jcasbin\\.main\\.(Synced)?CachedEnforcer");
    rule.check(CLASSES);
  }

  @Test
  void nobodyButTheFacadeKeepsACache() {
    ArchRule rule =
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".cache..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "com.github.benmanes.caffeine..",
                "com.google.common.cache..",
                "org.springframework.cache..");
    rule.check(CLASSES);
  }

  @Test
  void featuresDoNotFormCycles() {
    ArchRule rule = slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();
    rule.check(CLASSES);
  }

  private static boolean isEntityOrDao(JavaClass type) {
    return type.isAnnotatedWith(Entity.class)
        || (type.getPackageName().startsWith(ROOT) && type.getSimpleName().endsWith("Dao"));
  }

  private static ArchCondition<JavaClass> useEntitiesAndDaosOfTheirOwnPackageOnly() {
    return new ArchCondition<>("use entities and DAOs of their own package only") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass();
          if (isEntityOrDao(target) && !target.getPackageName().equals(type.getPackageName())) {
            events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
          }
        }
      }
    };
  }
}
