"""Signing in and out."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from homectl.dashboard.access import MACHINE, Access, Entrant, cookie_name, set_cookie
from homectl.dashboard.bodies import TokenBody
from homectl.dashboard.refusals import Answer
from homectl.home import Role

REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": Answer} for status in (401, 403, 422, 429)}


class SignedIn(BaseModel):
    """Who is signed in, and as what."""

    name: str
    role: Role


def session_routes(access: Access) -> APIRouter:
    routes = APIRouter(prefix="/api/session", responses=REFUSALS)

    @routes.post("")
    async def sign_in(body: TokenBody, request: Request, response: Response) -> SignedIn:
        """Trade a token for a session: a cookie that scripts cannot read and other sites cannot send."""
        account, session = await access.sign_in(body.token, address_of(request.scope))
        name, secure = cookie_of(request.scope)
        response.headers.append("Set-Cookie", set_cookie(name, session, secure=secure))
        return SignedIn(name=account.name, role=account.role)

    @routes.get("")
    async def signed_in(request: Request) -> SignedIn:
        """Who asks; 401 where nobody is signed in."""
        account = entrant_of(request).account
        return SignedIn(name=account.name, role=account.role)

    @routes.delete("", status_code=204)
    async def sign_out(request: Request, response: Response) -> None:
        """End this session, on the server and in the browser."""
        await access.sign_out(entrant_of(request))
        name, secure = cookie_of(request.scope)
        response.headers.append("Set-Cookie", set_cookie(name, "", secure=secure))

    return routes


def entrant_of(request: Request) -> Entrant:
    """Who asks, as the door has found out."""
    found: Entrant = request.scope["entrant"]
    return found


def asker_of(request: Request, said: str) -> str:
    """Who a change is put down to: the name of the token. Programs of this machine say for whom they ask."""
    account = entrant_of(request).account
    return said if account == MACHINE else account.name


def address_of(scope: Any) -> str:
    return str(scope["client"][0]) if scope.get("client") else ""


def cookie_of(scope: Any) -> tuple[str, bool]:
    """The name of this server's cookie, and whether it travels encrypted only."""
    secure = scope.get("scheme") == "https"
    return cookie_name((scope.get("server") or ("", 0))[1] or 0, secure=secure), secure
