package io.hpc4j.json;

import io.hpc4j.spi.OptionsCodec;
import java.util.Iterator;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the codec of a backend's options among the services there are. */
final class Codecs {
  /** The rule that is broken where there is none. */
  static final String MISSING =
      "has no codec; put the backend's module on the class path or module path";

  private static final Logger LOG = LoggerFactory.getLogger(Codecs.class);

  /** A loader that fails the same way each time is not asked for ever. */
  private static final int MOST_BROKEN = 100;

  private Codecs() {}

  /** Looks where the thread's own classes come from, then where those of hpc4j come from. */
  static Optional<OptionsCodec<?>> find(String backend) {
    return find(backend, Thread.currentThread().getContextClassLoader())
        .or(() -> find(backend, Codecs.class.getClassLoader()));
  }

  @SuppressWarnings("rawtypes") // a class literal has no type argument
  private static Optional<OptionsCodec<?>> find(String backend, @Nullable ClassLoader loader) {
    Iterator<OptionsCodec> codecs = ServiceLoader.load(OptionsCodec.class, loader).iterator();
    for (int broken = 0; broken < MOST_BROKEN; ) {
      try {
        if (!codecs.hasNext()) {
          return Optional.empty();
        }
        OptionsCodec<?> codec = codecs.next();
        if (backend.equals(codec.backend())) {
          return Optional.of(codec);
        }
      } catch (ServiceConfigurationError e) {
        LOG.warn("an options codec cannot be loaded and is passed over", e);
        broken++;
      }
    }
    return Optional.empty();
  }
}
