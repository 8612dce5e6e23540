package io.platformapi.service;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import jakarta.persistence.Entity;

/** The folder rules of the architecture, held by the build. */
@AnalyzeClasses(
    packages = "io.platformapi.service",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.platformapi.service";
  private static final String[] FEATURES = {
    ROOT + ".tenant..", ROOT + ".quota..", ROOT + ".usage..", ROOT + ".audit..", ROOT + ".outbox.."
  };

  @ArchTest
  static final ArchRule httpAndPersistenceImportNoFeature =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".http..", ROOT + ".persistence..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(FEATURES);

  @ArchTest
  static final ArchRule onlyTheApplicationImportsWiring =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".wiring..")
          .and()
          .haveNameNotMatching(ROOT.replace(".", "\\.") + "\\.PlatformApplication.*")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + ".wiring..");

  @ArchTest
  static final ArchRule onlyTheDevelopmentCommandImportsTheEmbeddedServers =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + ".local..", ROOT + ".command..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + ".local..");

  @ArchTest
  static final ArchRule entitiesAndDaosStayInTheirFeature =
      classes()
          .that(not(resideInAPackage(ROOT + ".wiring..")))
          .should(useEntitiesAndDaosOfTheirOwnPackageOnly());

  @ArchTest
  static final ArchRule resourcesKnowNoDaoAndNoSession =
      noClasses()
          .that()
          .haveSimpleNameEndingWith("Resource")
          .should()
          .dependOnClassesThat(
              new DescribedPredicate<>("are DAOs, entities or Hibernate") {
                @Override
                public boolean test(JavaClass type) {
                  return isEntityOrDao(type) || type.getPackageName().startsWith("org.hibernate");
                }
              });

  @ArchTest
  static final ArchRule nobodyUsesJcasbinsEnforcersWithACache =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveNameMatching("org\\.casbin\\.jcasbin\\.main\\.(Synced)?CachedEnforcer");

  @ArchTest
  static final ArchRule featuresDoNotFormCycles =
      slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

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
