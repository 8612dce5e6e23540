package io.platformapi.service.policy.engine;

/** Whose rule it is: a tenant's rules are asked only for resources of that tenant. */
public enum Layer {
  PLATFORM("platform"),
  TENANT("tenant");

  private final String text;

  Layer(String text) {
    this.text = text;
  }

  /** Name on the wire. */
  public String text() {
    return text;
  }
}
