package io.platformapi.service.cache;

import java.util.List;

/**
 * What one look at the table of changes shows.
 *
 * @param position whatever is not shown has at least this transaction id
 * @param server which run of which server answered
 * @param purged no change above this transaction id has been removed
 * @param rows changes since the position before, and all pending marks
 * @param abandoned whether a mark is older than any transaction can be
 */
record News(long position, String server, long purged, List<Row> rows, boolean abandoned) {
  static final long MARK = -1;

  /**
   * A change, or a mark of one.
   *
   * @param id of the change, or {@link #MARK}
   */
  record Row(long id, String kind, String key, long xid) {}
}
