package io.platformapi.service.quota;

import io.platformapi.service.http.Page;
import io.platformapi.service.http.RateLimit;
import java.util.List;

/** A page of usage, and the tenant's own limits for the headers of the answer. */
public record UsageAnswer(Page<UsageReport> page, List<RateLimit> limits) {}
