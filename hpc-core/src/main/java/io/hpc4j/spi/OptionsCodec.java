package io.hpc4j.spi;

import io.hpc4j.model.BackendOptions;
import java.util.Map;

/**
 * Keeps one backend's options in the JSON form of a request; found by {@link
 * java.util.ServiceLoader}.
 *
 * @param <T> the options
 */
public interface OptionsCodec<T extends BackendOptions> {
  /** The backend's name, under which the options stand in the JSON form. */
  String backend();

  /** The class of the options. */
  Class<T> type();

  /**
   * Turns options into strings, numbers ({@link Integer}, {@link Long}, {@link Double}), booleans,
   * lists and maps with string keys.
   *
   * @throws IllegalArgumentException if they hold something that cannot be kept, a lambda say
   */
  Map<String, Object> write(T options);

  /**
   * Turns the written form back into equal options. Whole numbers come as {@link Long}, others as
   * {@link Double}.
   *
   * @throws IllegalArgumentException for fields that it does not know
   */
  T read(Map<String, Object> fields);
}
