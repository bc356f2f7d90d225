"""Errors as answers: every one is JSON that names the rule and says the finding."""

import math
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from homectl.dashboard.access import NotKnown
from homectl.home import ActionRefused, AreaUnknown, DeviceUnknown, HomeError, LockedOut, PinRefused


class Answer(BaseModel):
    """The body of every answer that is not a success."""

    rule: str
    finding: str


def refusal(status: int, rule: str, finding: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"rule": rule, "finding": finding}, status_code=status, headers=headers)


def finding_of(error: ActionRefused) -> str:
    return str(error).removeprefix(f"Refused by {error.rule}: ")


def unknown_asker(error: NotKnown) -> JSONResponse:
    """401 for a token that is nobody's, or none; 429 while none is looked at."""
    if error.wait > 0:
        seconds = math.ceil(error.wait)
        finding = f"too many wrong tokens; try again in {seconds} s"
        return refusal(429, "back-off", finding, {"Retry-After": str(seconds)})
    finding = "say who you are: sign in on the page, or send a token of homectl token add"
    return refusal(401, "token", finding, {"WWW-Authenticate": "Bearer"})


def answer_errors(app: FastAPI) -> None:
    """401 a wrong PIN or token, 429 too many of them, 409 the guard refuses, 404 nothing by that name.

    422: a wrong body. 503: the home cannot do it now.
    """

    @app.exception_handler(ActionRefused)
    async def refused(_: Request, error: ActionRefused) -> JSONResponse:
        return refusal(409, error.rule, finding_of(error))

    @app.exception_handler(PinRefused)
    async def wrong(_: Request, error: PinRefused) -> JSONResponse:
        return refusal(401, error.rule, finding_of(error), {"WWW-Authenticate": "PIN"})

    @app.exception_handler(LockedOut)
    async def locked_out(_: Request, error: LockedOut) -> JSONResponse:
        return refusal(429, error.rule, finding_of(error), {"Retry-After": str(error.seconds)})

    @app.exception_handler(NotKnown)
    async def nobody(_: Request, error: NotKnown) -> JSONResponse:
        return unknown_asker(error)

    @app.exception_handler(DeviceUnknown)
    async def unknown(_: Request, error: DeviceUnknown) -> JSONResponse:
        return refusal(404, "device", str(error))

    @app.exception_handler(AreaUnknown)
    async def nowhere(_: Request, error: AreaUnknown) -> JSONResponse:
        return refusal(404, "area", str(error))

    @app.exception_handler(HomeError)
    async def unable(_: Request, error: HomeError) -> JSONResponse:
        return refusal(503, "home", str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        findings = error.errors()
        in_path = any(finding["loc"][0] == "path" for finding in findings)
        text = "; ".join(f"{'.'.join(map(str, finding['loc']))}: {finding['msg']}" for finding in findings[:5])
        return refusal(404 if in_path else 422, "path" if in_path else "body", text)

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        return refusal(error.status_code, "request", str(error.detail), error.headers)
