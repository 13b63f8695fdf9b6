package io.hpc4j;

import io.hpc4j.json.JobForm;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;

/**
 * The JSON form of definitions and requests, to keep them in files and to send them elsewhere.
 *
 * <p>What is read equals what was written, also when {@link JobRequest#problems()} finds it wrong.
 * The same value always has the same text, in ASCII and on one line. The form has a version;
 * unknown fields and other versions are refused. {@code docs/json.md} describes it.
 *
 * <p>Java tasks have no JSON form. Backend options have one where a {@link
 * io.hpc4j.spi.OptionsCodec} of their backend is found. All methods are pure and thread-safe.
 */
public final class JobJson {
  private JobJson() {}

  /**
   * Writes a definition.
   *
   * @throws InvalidJobException naming everything in it that has no JSON form: a Java task, a
   *     factor that is not a finite number, text that is not Unicode
   */
  public static String write(JobDefinition definition) {
    return JobForm.DEFINITION.write(definition);
  }

  /**
   * Writes a request.
   *
   * @throws InvalidJobException naming everything in it that has no JSON form: a Java task, a
   *     factor that is not a finite number, text that is not Unicode, options without a codec
   */
  public static String write(JobRequest request) {
    return JobForm.REQUEST.write(request);
  }

  /**
   * Reads a definition.
   *
   * @throws InvalidJobException naming everything that is wrong with the text, each with its place
   */
  public static JobDefinition readDefinition(String text) {
    return JobForm.DEFINITION.read(text);
  }

  /**
   * Reads a request.
   *
   * @throws InvalidJobException naming everything that is wrong with the text, each with its place
   */
  public static JobRequest readRequest(String text) {
    return JobForm.REQUEST.read(text);
  }
}
