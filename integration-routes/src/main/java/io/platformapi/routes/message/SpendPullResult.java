package io.platformapi.routes.message;

import java.time.Instant;

/**
 * What a pull of the gateway's book brought.
 *
 * @param rows rows handed to the book, also those that it had already
 * @param faults rows that cannot be used
 * @param missing rows that the gateway counted and did not show
 * @param watermark up to which start time the book is whole now
 * @param complete false when the pull was told to stop before its end
 */
public record SpendPullResult(
    long rows, long faults, long missing, Instant watermark, boolean complete) {}
