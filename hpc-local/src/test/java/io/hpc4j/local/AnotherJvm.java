package io.hpc4j.local;

/** What it takes to run a main class of these tests in a JVM of its own. */
final class AnotherJvm {
  static final String JAVA = System.getProperty("java.home") + "/bin/java";
  static final String CLASS_PATH =
      System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", "");

  private AnotherJvm() {}
}
