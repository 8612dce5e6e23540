package io.platformapi.routes.gateway.litellm;

/** A budget that keys, members or customers share. */
public record LiteLlmBudget(String budgetId, LiteLlmLimits limits) {}
