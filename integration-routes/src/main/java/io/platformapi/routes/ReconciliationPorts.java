package io.platformapi.routes;

import io.platformapi.routes.port.ReconciliationBooks;
import io.platformapi.routes.port.ReconciliationRuns;
import io.platformapi.routes.port.SpendBook;
import java.util.function.BooleanSupplier;

/**
 * What the reconciliation needs from the service.
 *
 * @param spend where the rows of the scheduled reading go
 * @param turn whether it is this node's turn to read; one node at a time has it
 */
public record ReconciliationPorts(
    ReconciliationRuns runs, ReconciliationBooks books, SpendBook spend, BooleanSupplier turn) {}
