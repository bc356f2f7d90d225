"""Where a page is served: on loopback, or where it is told, with the names and the certificate it is given."""

import asyncio
import logging
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from homectl.client import Client
from homectl.dashboard import Address, Server
from homectl.dashboard.server import listen
from homectl.home import HomeError
from homectl.page_key import PageKey
from tests.dashboard.doors import KEY, door
from tests.fakes import FakeHome


def certificate(folder: Path, name: str = "page") -> Address:
    """A loopback address with a key and a certificate of its own."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl: not installed on this machine")
    shown, key = folder / f"{name}.crt", folder / f"{name}.key"
    wishes = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", f"/CN={name}", "-days", "2"]
    wishes += ["-keyout", str(key), "-out", str(shown)]
    subprocess.run(["openssl", "req", "-x509", "-nodes", *wishes], check=True, capture_output=True)
    return Address(0, certificate=shown, key=key)


def test_no_answer_waits_for_more_to_send() -> None:
    """Nagle's delay, with that of acknowledgements, keeps every answer back by 40 ms."""

    async def serve() -> None:
        at_once: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def come(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            at_once.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listening = listen(Address(0))
        server = await asyncio.start_server(come, sock=listening)
        _, writer = await asyncio.open_connection(*listening.getsockname())
        assert await at_once
        writer.close()
        server.close()

    asyncio.run(serve())


@pytest.mark.parametrize("trusted", [True, False])
def test_with_a_certificate_programs_of_this_machine_speak_to_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    monkeypatch.setenv("HOMECTL_DATA", str(tmp_path))
    address, other = certificate(tmp_path), certificate(tmp_path, "other")

    async def serve() -> None:
        server = Server(FakeHome(), address, door())
        port = await server.start()
        shown = (address if trusted else other).certificate
        assert shown is not None
        with PageKey(port=port, token=KEY, certificate=shown.read_text()).left():
            if trusted:
                assert (await asyncio.to_thread(Client(port).home)).id == "small"
            else:
                with pytest.raises(HomeError, match="No homectl answers"):
                    await asyncio.to_thread(Client(port).home)
        await server.stop()

    asyncio.run(serve())


def test_a_certificate_that_is_none_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "page.crt").write_text("hello")
    broken = Address(0, certificate=tmp_path / "page.crt", key=tmp_path / "page.crt")
    with pytest.raises(HomeError, match="expected a certificate and its key as PEM"):
        asyncio.run(Server(FakeHome(), broken, door()).start())


def test_on_a_network_it_warns_without_a_certificate_and_still_asks_for_tokens(
    caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMECTL_DATA", str(tmp_path))
    monkeypatch.delenv("HOMECTL_TOKEN", raising=False)

    async def serve(address: Address) -> None:
        server = Server(FakeHome(), address, door())
        port = await server.start()
        with pytest.raises(HomeError, match="asks who you are"):
            await asyncio.to_thread(Client(port).home)
        await server.stop()

    with caplog.at_level(logging.WARNING):
        asyncio.run(serve(Address(0)))
        assert "without TLS" not in caplog.text
        asyncio.run(serve(Address(0, bind="0.0.0.0")))
        assert "the page listens on 0.0.0.0 without TLS" in caplog.text


@pytest.mark.parametrize(
    ("bind", "open_", "reached", "names"),
    [
        ("127.0.0.1", False, "127.0.0.1", ("home.lan", "127.0.0.1")),
        ("::1", False, "::1", ("home.lan", "[::1]")),
        ("0.0.0.0", True, "127.0.0.1", ("home.lan",)),
        ("192.168.1.20", True, "192.168.1.20", ("home.lan", "192.168.1.20")),
    ],
)
def test_an_address_knows_who_reaches_it_and_how(bind: str, open_: bool, reached: str, names: tuple[str, ...]) -> None:
    address = Address(8124, bind=bind, hosts=("home.lan",))
    assert (address.open, address.reached, address.names()) == (open_, reached, names)
