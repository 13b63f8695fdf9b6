package io.hpc4j.testkit.batch;

/** A refusal in AWS's form: an HTTP status, a type and a message. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String type;

  ApiException(int status, String type, String message) {
    super(message);
    this.status = status;
    this.type = type;
  }

  /** The caller is wrong. */
  static ApiException client(String message) {
    return new ApiException(400, "ClientException", message);
  }

  /** The service is. */
  static ApiException server(String message) {
    return new ApiException(500, "ServerException", message);
  }

  static ApiException throttled() {
    return new ApiException(429, "TooManyRequestsException", "Too Many Requests");
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }
}
