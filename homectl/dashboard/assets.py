"""The files of the page: a browser fetches them once, and again when one of them is another."""

import hashlib
from collections.abc import MutableMapping
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"
AT = "/static"
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


class Assets(StaticFiles):
    """Everything in a folder, by its own path and, as it is now and to be kept for ever, below `version`."""

    def __init__(self, folder: Path = STATIC) -> None:
        super().__init__(directory=folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        self._files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
        told = b"".join(b"%s %d " % (name.encode(), len(file)) + file for name, file in self._files.items())
        self.version = hashlib.sha256(told).hexdigest()[:16]

    def page(self) -> Response:
        """The page itself, which names the files of this version."""
        text = self._files["index.html"].decode()
        return HTMLResponse(text.replace(f'"{AT}/', f'"{AT}/{self.version}/'))

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        version, _, below = path.partition("/")
        if version != self.version:
            return await super().get_response(path, scope)
        if below not in self._files or scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(404 if below not in self._files else 405)
        return Response(self._files[below], media_type=guess_type(below)[0], headers=FOREVER)
