package io.hpc4j.batch.request;

import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.batch.model.ContainerProperties;
import software.amazon.awssdk.services.batch.model.RegisterJobDefinitionRequest;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/**
 * What the options of a job and the settings of the backend add to a request.
 *
 * @param image the image where the request names none; may be empty
 * @param shim whether a few lines of shell go before the command
 * @param fargate whether it is for Fargate
 * @param container what else the container is to be
 * @param tags the job's tags
 * @param propagateTags whether its tasks get them too
 * @param definition changes the definition at last
 * @param submission changes each submission at last
 */
public record Form(
    String image,
    boolean shim,
    boolean fargate,
    Consumer<ContainerProperties.Builder> container,
    Map<String, String> tags,
    boolean propagateTags,
    Consumer<RegisterJobDefinitionRequest.Builder> definition,
    Consumer<SubmitJobRequest.Builder> submission) {
  /** Copies the tags. */
  public Form {
    tags = Map.copyOf(tags);
  }
}
