/** Runs jobs on AWS Batch, by the AWS SDK for Java. */
module io.hpc4j.batch {
  requires transitive io.hpc4j.core;
  requires transitive software.amazon.awssdk.services.batch;
  requires software.amazon.awssdk.awscore;
  requires software.amazon.awssdk.core;
  requires software.amazon.awssdk.retries;
  requires software.amazon.awssdk.retries.api;
  requires static transitive software.amazon.awssdk.services.cloudwatchlogs;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.hpc4j.batch;

  provides io.hpc4j.spi.OptionsCodec with
      io.hpc4j.batch.BatchOptionsCodec;
}
