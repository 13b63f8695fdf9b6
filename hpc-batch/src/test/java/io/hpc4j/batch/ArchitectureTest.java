package io.hpc4j.batch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import software.amazon.awssdk.core.SdkClient;

@AnalyzeClasses(packages = "io.hpc4j.batch", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule arrows_point_one_way =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("backend")
          .definedBy("io.hpc4j.batch")
          .layer("request")
          .definedBy("io.hpc4j.batch.request")
          .layer("status")
          .definedBy("io.hpc4j.batch.status")
          .whereLayer("request")
          .mayNotAccessAnyLayer()
          .whereLayer("status")
          .mayNotAccessAnyLayer()
          .ensureAllClassesAreContainedInArchitecture();

  @ArchTest
  static final ArchRule mappers_make_no_calls =
      noClasses()
          .that()
          .resideInAnyPackage("io.hpc4j.batch.request", "io.hpc4j.batch.status")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(SdkClient.class);

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
