package io.hpc4j.slurm;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.time.Instant;

@AnalyzeClasses(packages = "io.hpc4j.slurm", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule arrows_point_one_way =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("backend")
          .definedBy("io.hpc4j.slurm")
          .layer("script")
          .definedBy("io.hpc4j.slurm.script")
          .layer("query")
          .definedBy("io.hpc4j.slurm.query")
          .whereLayer("script")
          .mayNotAccessAnyLayer()
          .whereLayer("query")
          .mayNotAccessAnyLayer()
          .ensureAllClassesAreContainedInArchitecture();

  @ArchTest
  static final ArchRule scripts_and_parsers_do_no_input_or_output =
      noClasses()
          .that()
          .resideInAnyPackage("io.hpc4j.slurm.script", "io.hpc4j.slurm.query")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Files.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ProcessBuilder.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(CommandRunner.class);

  @ArchTest
  static final ArchRule nothing_sleeps_or_reads_the_wall_clock =
      noClasses()
          .should()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");
}
