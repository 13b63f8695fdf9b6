/** The model, the client and the contract that backends implement. */
@SuppressWarnings("module") // the local backend is built later
module io.hpc4j.core {
  requires org.slf4j;
  requires com.fasterxml.jackson.databind;
  requires static transitive org.jspecify;

  exports io.hpc4j;
  exports io.hpc4j.model;
  exports io.hpc4j.spi;
  exports io.hpc4j.time;
  exports io.hpc4j.journal to
      io.hpc4j.local;
  exports io.hpc4j.json to
      io.hpc4j.local;

  uses io.hpc4j.spi.OptionsCodec;
}
