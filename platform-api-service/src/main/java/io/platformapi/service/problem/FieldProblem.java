package io.platformapi.service.problem;

/**
 * One broken rule of an input.
 *
 * @param field path of the field, such as {@code limits[0].amount}, or the name of a parameter or
 *     header
 * @param message what is expected, without the value that was given
 */
public record FieldProblem(String field, String message) {}
