"""Virtual keys without a database: `sk-acme-1` belongs to team_acme, and its metadata names the tenant acme."""

from fastapi import HTTPException, Request
from litellm.proxy._types import UserAPIKeyAuth

TENANTS = ("acme", "globex", "initech")


async def authenticate(request: Request, api_key: str) -> UserAPIKeyAuth:
    tenant = api_key.removeprefix("sk-").rpartition("-")[0]
    if tenant not in TENANTS:
        raise HTTPException(status_code=401, detail="no such key")
    return UserAPIKeyAuth(
        api_key=api_key,
        key_alias=f"{tenant}-key",
        team_id=f"team_{tenant}",
        org_id=f"org_{tenant}",
        user_id=f"user_{tenant}",
        metadata={"tenant_id": tenant},
    )
