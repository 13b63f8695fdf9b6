package io.hpc4j;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Set;
import java.util.stream.Stream;

@AnalyzeClasses(packages = "io.hpc4j", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] EXPORTED = {
    "io.hpc4j", "io.hpc4j.model", "io.hpc4j.spi", "io.hpc4j.time"
  };

  @ArchTest
  static final ArchRule arrows_point_one_way =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("model")
          .definedBy("io.hpc4j.model")
          .layer("time")
          .definedBy("io.hpc4j.time")
          .layer("spi")
          .definedBy("io.hpc4j.spi")
          .layer("json")
          .definedBy("io.hpc4j.json")
          .layer("journal")
          .definedBy("io.hpc4j.journal")
          .layer("client")
          .definedBy("io.hpc4j")
          .whereLayer("model")
          .mayNotAccessAnyLayer()
          .whereLayer("time")
          .mayNotAccessAnyLayer()
          .whereLayer("spi")
          .mayOnlyAccessLayers("model", "time")
          .whereLayer("journal")
          .mayOnlyAccessLayers("model")
          .whereLayer("json")
          .mayOnlyAccessLayers("model", "spi")
          .ensureAllClassesAreContainedInArchitecture();

  @ArchTest
  static final ArchRule packages_have_no_cycles =
      slices().assignedFrom(packages()).should().beFreeOfCycles();

  @ArchTest
  static final ArchRule guava_and_jackson_stand_in_no_public_signature =
      classes()
          .that()
          .resideInAnyPackage(EXPORTED)
          .and()
          .arePublic()
          .should(notShow("com.google.", "com.fasterxml."));

  @ArchTest
  static final ArchRule only_the_system_time_sleeps_and_reads_the_clock =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.hpc4j.time.SystemTime")
          .should()
          .accessTargetWhere(describe("it sleeps or reads the clock", ArchitectureTest::isClock));

  @ArchTest static final ArchRule logs_go_to_slf4j = noClasses().should(USE_JAVA_UTIL_LOGGING);

  @ArchTest static final ArchRule nothing_is_printed = noClasses().should(ACCESS_STANDARD_STREAMS);

  private static boolean isClock(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getName();
    return switch (owner) {
      case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
      case "java.lang.Thread", "java.util.concurrent.TimeUnit" -> name.equals("sleep");
      case "java.time.Clock", "java.time.InstantSource" ->
          name.startsWith("system") || name.startsWith("tick");
      default -> owner.startsWith("java.time.") && name.equals("now");
    };
  }

  private static SliceAssignment packages() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        return SliceIdentifier.of(type.getPackageName());
      }

      @Override
      public String getDescription() {
        return "packages";
      }
    };
  }

  private static ArchCondition<JavaClass> notShow(String... prefixes) {
    return new ArchCondition<>("not show types of " + Set.of(prefixes)) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        Stream.concat(
                Stream.concat(type.getInterfaces().stream(), type.getSuperclass().stream()),
                type.getMembers().stream()
                    .filter(member -> isVisible(member.getModifiers()))
                    .flatMap(ArchitectureTest::signature))
            .flatMap(shown -> shown.getAllInvolvedRawTypes().stream())
            .map(JavaClass::getName)
            .filter(name -> Stream.of(prefixes).anyMatch(name::startsWith))
            .forEach(
                name ->
                    events.add(
                        SimpleConditionEvent.violated(type, type.getName() + " shows " + name)));
      }
    };
  }

  private static boolean isVisible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  private static Stream<JavaType> signature(JavaMember member) {
    if (member instanceof JavaCodeUnit codeUnit) {
      return Stream.concat(
          Stream.of(codeUnit.getReturnType()), codeUnit.getParameterTypes().stream());
    }
    return Stream.of(((JavaField) member).getType());
  }
}
