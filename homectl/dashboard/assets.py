"""The files of the page: a browser fetches them once, and again when one of them is another."""

import hashlib
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"
AT = "/static"
FOREVER = "public, max-age=31536000, immutable"


class Assets(StaticFiles):
    """Everything in STATIC, by its own path and, to be kept for ever, below `version`."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)
        files = sorted(path for path in STATIC.rglob("*") if path.is_file())
        self.version = hashlib.sha256(b"".join(map(_told, files))).hexdigest()[:16]

    def page(self) -> Response:
        """The page itself, which names the files of this version."""
        text = (STATIC / "index.html").read_text(encoding="utf-8")
        return HTMLResponse(text.replace(f'"{AT}/', f'"{AT}/{self.version}/'))

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        version, _, below = path.partition("/")
        if version != self.version:
            return await super().get_response(path, scope)
        answer = await super().get_response(below, scope)
        answer.headers["Cache-Control"] = FOREVER
        return answer


def _told(path: Path) -> bytes:
    return b"%s %s " % (str(path.relative_to(STATIC)).encode(), hashlib.sha256(path.read_bytes()).digest())
