package io.hpc4j.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

@AnalyzeClasses(packages = "io.hpc4j.local", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule arrows_point_one_way =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("local")
          .definedBy("io.hpc4j.local")
          .layer("engine")
          .definedBy("io.hpc4j.local.engine")
          .layer("schedule")
          .definedBy("io.hpc4j.local.schedule")
          .layer("process")
          .definedBy("io.hpc4j.local.process")
          .layer("trace")
          .definedBy("io.hpc4j.local.trace")
          .whereLayer("schedule")
          .mayNotAccessAnyLayer()
          .whereLayer("process")
          .mayNotAccessAnyLayer()
          .whereLayer("trace")
          .mayOnlyAccessLayers("local")
          .whereLayer("local")
          .mayOnlyAccessLayers("engine", "process")
          .whereLayer("engine")
          .mayOnlyAccessLayers("schedule", "process")
          .ensureAllClassesAreContainedInArchitecture();

  @ArchTest
  static final ArchRule packages_have_no_cycles =
      slices().matching("io.hpc4j.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule nothing_sleeps_or_reads_the_clock =
      noClasses()
          .should()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime");

  @ArchTest
  static final ArchRule deciding_does_no_input_or_output =
      noClasses()
          .that()
          .resideInAPackage("io.hpc4j.local.schedule")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.io..", "java.nio..", "java.util.concurrent..", "io.hpc4j.time");
}
