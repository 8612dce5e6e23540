package io.platformapi.service.persistence;

/**
 * The one budget of PostgreSQL connections that a node may hold.
 *
 * @param total most connections of the node
 * @param admin the part of the admin database
 * @param tenants the part of all tenant databases together
 */
public record ConnectionBudget(int total, int admin, int tenants) {
  public ConnectionBudget {
    if (admin + tenants > total) {
      throw new IllegalArgumentException(
          "adminDatabase.maxSize (%d) + tenants.connections (%d) exceed tenants.connectionBudget (%d)"
              .formatted(admin, tenants, total));
    }
  }
}
