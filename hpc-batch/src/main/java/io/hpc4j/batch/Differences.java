package io.hpc4j.batch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;

/**
 * Where what AWS has differs from what is asked for; what is not asked for may be anything. Pure.
 */
final class Differences {
  /** Where the first ones are preferred by some allocation strategies. */
  private static final String ORDERED = "instanceTypes";

  private Differences() {}

  /**
   * A member that differs: its name in AWS's API, what it is, if anything, and what it should be.
   */
  record Difference(String member, @Nullable Object is, Object wanted) {
    @Override
    public String toString() {
      return member + " " + (isStated(is) ? is : "unset") + " -> " + wanted;
    }
  }

  /** The members of {@code wanted} that are stated and differ. */
  static List<Difference> of(SdkPojo wanted, @Nullable SdkPojo is) {
    Map<String, Object> there = is == null ? Map.of() : stated(is);
    List<Difference> all = new ArrayList<>();
    for (SdkField<?> field : wanted.sdkFields()) {
      String member = field.locationName();
      Object value = field.getValueOrDefault(wanted);
      if (isStated(value) && !isSame(member, value, there.get(member))) {
        all.add(new Difference(member, there.get(member), value));
      }
    }
    return all;
  }

  /** The stated members by their names in AWS's API. */
  static Map<String, Object> stated(SdkPojo pojo) {
    Map<String, Object> all = new HashMap<>();
    for (SdkField<?> field : pojo.sdkFields()) {
      Object value = field.getValueOrDefault(pojo);
      if (isStated(value)) {
        all.put(field.locationName(), value);
      }
    }
    return all;
  }

  private static boolean isStated(@Nullable Object value) {
    return value != null
        && !(value instanceof SdkAutoConstructList)
        && !(value instanceof SdkAutoConstructMap);
  }

  private static boolean isSame(String member, Object wanted, @Nullable Object is) {
    if (wanted instanceof SdkPojo pojo) {
      return is instanceof SdkPojo there && of(pojo, there).isEmpty();
    }
    if (wanted instanceof Collection<?> some && is instanceof Collection<?> there) {
      return member.equals(ORDERED)
          ? new ArrayList<>(some).equals(new ArrayList<>(there))
          : new HashSet<>(some).equals(new HashSet<>(there));
    }
    return wanted.equals(is) || isNameOf(wanted, is);
  }

  /** A role may be told by its ARN though its name was given. */
  private static boolean isNameOf(Object wanted, @Nullable Object is) {
    return wanted instanceof String name && is instanceof String arn && arn.endsWith("/" + name);
  }

  /**
   * Puts members into the request that changes them.
   *
   * @return those that it does not have
   */
  static List<Difference> put(List<Difference> changed, SdkPojo builder) {
    Map<String, SdkField<?>> fields = new HashMap<>();
    builder.sdkFields().forEach(field -> fields.put(field.locationName(), field));
    List<Difference> left = new ArrayList<>();
    for (Difference each : changed) {
      SdkField<?> field = fields.get(each.member());
      if (field == null) {
        left.add(each);
      } else {
        field.set(builder, each.wanted());
      }
    }
    return left;
  }
}
