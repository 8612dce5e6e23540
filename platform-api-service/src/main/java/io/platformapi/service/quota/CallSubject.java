package io.platformapi.service.quota;

/** Who calls, by the names that the gateway's events have; each may be absent. */
public record CallSubject(String team, String user, String endUser, String apiKey) {}
