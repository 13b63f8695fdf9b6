package io.hpc4j.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;

/** Nonsense in several places of a request at once. */
class BatchEndpointHostileProperties {
  private static final HostileRequests HOSTILE = new HostileRequests();

  @AfterContainer
  static void close() {
    HOSTILE.close();
  }

  @Property(tries = 500)
  void nonsense_is_never_the_service_s_fault(@ForAll Random random) throws IOException {
    List<String> names = new ArrayList<>(HostileRequests.REQUESTS.keySet());
    String name = names.get(random.nextInt(names.size()));

    HOSTILE.sendChanged(name, random, 1 + random.nextInt(4));
  }
}
