package io.platformapi.service.policy.condition;

/** Attributes that every request has a place for. */
public enum BuiltIn {
  SUBJECT_ID(Root.SUBJECT, "id", AttributeType.STRING),
  SUBJECT_TYPE(Root.SUBJECT, "type", AttributeType.STRING),
  SUBJECT_TENANT(Root.SUBJECT, "tenant", AttributeType.STRING),
  SUBJECT_ROLES(Root.SUBJECT, "roles", AttributeType.STRING_LIST),
  SUBJECT_SCOPES(Root.SUBJECT, "scopes", AttributeType.STRING_LIST),
  RESOURCE_TYPE(Root.RESOURCE, "type", AttributeType.STRING),
  RESOURCE_ID(Root.RESOURCE, "id", AttributeType.STRING),
  RESOURCE_TENANT(Root.RESOURCE, "tenant", AttributeType.STRING),
  ENVIRONMENT_TIME(Root.ENVIRONMENT, "time", AttributeType.TIME),
  ENVIRONMENT_IP(Root.ENVIRONMENT, "ip", AttributeType.STRING),
  ENVIRONMENT_REQUEST_ID(Root.ENVIRONMENT, "requestId", AttributeType.STRING),
  ENVIRONMENT_CREDENTIAL(Root.ENVIRONMENT, "credential", AttributeType.STRING);

  private final Attribute attribute;

  BuiltIn(Root root, String name, AttributeType type) {
    this.attribute = new Attribute(root, name, type, this);
  }

  Attribute attribute() {
    return attribute;
  }
}
