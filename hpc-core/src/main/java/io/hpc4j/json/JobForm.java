package io.hpc4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The outermost object: the version, and one field that holds a definition or a request and is
 * named after it.
 */
public final class JobForm<T> {
  /** Definitions. */
  public static final JobForm<JobDefinition> DEFINITION =
      new JobForm<>("definition", DefinitionForm::write, DefinitionForm::read);

  /** Requests. */
  public static final JobForm<JobRequest> REQUEST =
      new JobForm<>("request", RequestForm::write, RequestForm::read);

  private static final String VERSION_FIELD = "hpc4j";
  private static final int VERSION = 1;
  private static final String ROOT = "$";

  private final String field;
  private final BiFunction<Out, T, Out> writer;
  private final Function<Fields, T> reader;

  private JobForm(String field, BiFunction<Out, T, Out> writer, Function<Fields, T> reader) {
    this.field = field;
    this.writer = writer;
    this.reader = reader;
  }

  /**
   * Writes.
   *
   * @throws InvalidJobException naming everything that has no JSON form
   */
  public String write(T value) {
    List<Problem> problems = new ArrayList<>();
    Out out = new Out(ROOT, problems);
    out.integer(VERSION_FIELD, VERSION);
    out.object(field, writer.apply(out.child(field), value));
    JsonText.checkTexts(out.node(), ROOT, problems);
    if (!problems.isEmpty()) {
      throw new InvalidJobException("the " + field + " has no JSON form", problems);
    }
    return JsonText.write(out.node());
  }

  /**
   * Reads.
   *
   * @throws InvalidJobException naming everything that is wrong with the text
   */
  public T read(String text) {
    List<Problem> problems = new ArrayList<>();
    Optional<JsonNode> tree = JsonText.read(text, problems);
    Optional<T> value = tree.flatMap(root -> read(root, problems));
    if (!problems.isEmpty()) {
      throw new InvalidJobException("the JSON form of the " + field + " cannot be read", problems);
    }
    return value.orElseThrow();
  }

  private Optional<T> read(JsonNode tree, List<Problem> problems) {
    Fields fields = new Fields(tree, ROOT, problems);
    if (!tree.isObject()) {
      fields.problem("must be an object");
      return Optional.empty();
    }
    int version = fields.required(VERSION_FIELD, fields.integer(VERSION_FIELD), VERSION);
    if (version != VERSION) {
      fields.problem(
          VERSION_FIELD, version, "is not a version that this hpc4j reads; it reads " + VERSION);
      return Optional.empty();
    }
    Optional<T> value = fields.object(field, reader);
    if (!fields.has(field)) {
      fields.problem(field, "nothing", "is missing");
    }
    fields.end();
    return value;
  }
}
