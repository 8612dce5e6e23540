package io.platformapi.service.policy;

/** The name of a rule among all of a tenant: the ids of its policy and its own. */
final class RuleName {
  private static final String SEPARATOR = "/";

  private RuleName() {}

  static String of(String policyId, String ruleId) {
    return policyId + SEPARATOR + ruleId;
  }
}
