"""The files of the page: what a browser keeps for ever is what they were when it was named."""

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from homectl.dashboard.assets import AT, FOREVER, Assets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text('<script src="/static/page.js"></script>')
    (tmp_path / "page.js").write_text("first")
    return tmp_path


def fetched(assets: Assets, *paths: str) -> list[httpx.Response]:
    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(Starlette(routes=[Mount(AT, assets)]))
        async with httpx.AsyncClient(transport=transport, base_url="http://home") as client:
            return [await client.get(AT + path) for path in paths]

    return asyncio.run(ask())


def test_a_version_is_what_it_was_when_it_was_named(folder: Path) -> None:
    assets = Assets(folder)
    assert assets.page().body.decode() == f'<script src="/static/{assets.version}/page.js"></script>'
    (folder / "page.js").write_text("second")
    named, own = fetched(assets, f"/{assets.version}/page.js", "/page.js")
    assert (named.text, named.headers["Cache-Control"]) == ("first", FOREVER["Cache-Control"])
    assert named.headers["Content-Type"].startswith("text/javascript")
    assert (own.text, own.headers.get("Cache-Control")) == ("second", None)


def test_files_that_differ_in_anything_are_another_version(folder: Path) -> None:
    versions = [Assets(folder).version]
    (folder / "page.js").rename(folder / "pages.js")
    versions.append(Assets(folder).version)
    (folder / "pages.js").write_text("third")
    versions.append(Assets(folder).version)
    assert len(set(versions)) == 3
    assert Assets(folder).version == versions[-1]


@pytest.mark.parametrize("path", ["", "/", "/none.js", "/x/page.js", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd"])
def test_nothing_else_is_below_a_version(folder: Path, path: str) -> None:
    assets = Assets(folder)
    (said,) = fetched(assets, f"/{assets.version}{path}")
    assert said.status_code == 404
