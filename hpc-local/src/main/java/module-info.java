/** A scheduler for this machine, in real and in virtual time. */
module io.hpc4j.local {
  requires transitive io.hpc4j.core;
  requires org.slf4j;
  requires jdk.management;
  requires java.management;
  requires static transitive org.jspecify;

  exports io.hpc4j.local;
  exports io.hpc4j.local.trace;
}
