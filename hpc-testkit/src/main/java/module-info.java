/**
 * The contract that every backend passes, and what tests of programs that use hpc4j need. JUnit is
 * needed only by those who extend the contract or use the extension.
 */
module io.hpc4j.testkit {
  requires transitive io.hpc4j.core;
  requires transitive io.hpc4j.local;
  requires org.slf4j;
  requires jdk.httpserver;
  requires com.fasterxml.jackson.databind;
  requires static transitive org.junit.jupiter.api;
  requires static org.assertj.core;
  requires static transitive org.jspecify;

  exports io.hpc4j.testkit;

  // JUnit finds the contract's groups and their methods by reflection.
  opens io.hpc4j.testkit to
      org.junit.platform.commons;
}
