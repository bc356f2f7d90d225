"""The broker of people who have none: Mosquitto where it is installed, else the one of a Python wheel."""

import base64
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from homectl.home import BrokerError

if TYPE_CHECKING:
    import iotcore

LOOPBACK = "127.0.0.1"
READY_WITHIN = 10.0
"""Seconds a broker may take until it accepts connections."""

WHEEL_PAYLOAD = 1024 * 1024
"""The largest payload the wheel's broker takes, bytes."""

PLACES = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
"""Where Mosquitto may be besides $PATH."""

WATCH = """
exec 3<&0
"$@" 3<&- &
broker=$!
(cat <&3 >/dev/null; kill "$broker" 2>/dev/null) &
exec 3<&-
wait "$broker"
"""
"""Runs the broker until it ends or our end of the pipe closes, which the system does however we die."""


class Broker(Protocol):
    """A broker on this machine's loopback, in a process that ends with ours."""

    def start(self) -> None:
        """Start it and return once it accepts connections; BrokerError, in one line, when it does not."""

    @property
    def url(self) -> str:
        """What clients connect to, `mqtt://host:port`."""

    @property
    def running(self) -> bool:
        """It has been started and has not ended since."""

    def stop(self) -> None:
        """End it and free its port; again or before `start`: nothing happens."""


class MosquittoBroker:
    """Mosquitto with a configuration of ours: no delay for small packets, nothing dropped in a flood."""

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        persistence: bool = False,
        username: str | None = None,
        password: str | None = None,
        access: Path | None = None,
    ) -> None:
        """`folder` holds its files. With a user nobody is anonymous; `access` is an access list in Mosquitto's form."""
        self._folder, self._port, self._persistence = folder.absolute(), port, persistence
        self._username, self._password, self._access = username, password, access
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://{LOOPBACK}:{self._port}"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        program = mosquitto()
        if program is None:
            raise BrokerError("expected Mosquitto, found none; install it (apt install mosquitto) or use the wheel")
        _expect_free(self._port)
        written = self._folder / "mosquitto.log"
        _prepare(self._folder / "mosquitto.conf", self._configuration())
        with written.open("wb") as output:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", WATCH, "broker", program, "-c", str(self._folder / "mosquitto.conf")],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        if not _answers(self._port, lambda: self.running):
            self.stop()
            said = written.read_text(errors="replace").strip().splitlines() or ["nothing"]
            raise BrokerError(f"Mosquitto did not start on port {self._port}; it said: {said[-1]}; see {written}")

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            process.wait(10.0)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()

    def _configuration(self) -> str:
        lines = [
            f"listener {self._port} {LOOPBACK}",
            "set_tcp_nodelay true",
            "max_queued_messages 0",
            f"user {pwd.getpwuid(os.geteuid()).pw_name}",
            "log_dest stderr",
            "log_type error",
            "log_type warning",
            f"persistence {str(self._persistence).lower()}",
        ]
        if self._persistence:
            lines += [f"persistence_location {self._folder}/", "autosave_interval 30"]
        lines.append(f"allow_anonymous {str(self._username is None).lower()}")
        if self._username is not None:
            passwords = self._folder / "passwords"
            _prepare(passwords, f"{self._username}:{_hashed(self._password or '')}\n")
            lines.append(f"password_file {passwords}")
        if self._access is not None:
            lines.append(f"acl_file {self._access.absolute()}")
        return "\n".join(lines) + "\n"


class WheelBroker:
    """The broker of the iotcore wheel: MQTT 5 only, in memory only, without an access list."""

    def __init__(self, folder: Path, port: int, *, username: str | None = None, password: str | None = None) -> None:
        """`folder` holds its configuration."""
        self._folder, self._port, self._username, self._password = folder.absolute(), port, username, password
        self._broker: iotcore.Broker | None = None

    @property
    def url(self) -> str:
        return f"mqtt://{LOOPBACK}:{self._port}"

    @property
    def running(self) -> bool:
        return self._broker is not None and self._broker.is_running

    def start(self) -> None:
        if not _has_wheel():
            raise BrokerError("expected the iotcore wheel, found none; install it: pip install 'iotcore>=0.4,<0.5'")
        import iotcore

        _expect_free(self._port)
        path = self._folder / "wheel.toml"
        _prepare(path, self._configuration())
        self._broker = iotcore.Broker(config_path=str(path))
        try:
            self._broker.start(READY_WITHIN)
        except (OSError, RuntimeError) as error:
            self._broker = None
            raise BrokerError(f"the wheel's broker did not start on port {self._port}: {error}; see {path}") from None

    def stop(self) -> None:
        if self._broker is not None:
            self._broker.stop()
            self._broker = None

    def _configuration(self) -> str:
        lines = [
            "id = 0",
            "[router]",
            "id = 0",
            "max_connections = 1000",
            "max_outgoing_packet_count = 5000",
            "max_segment_size = 1048576",
            "max_segment_count = 4",
            "[v5.1]",
            'name = "loopback"',
            f'listen = "{LOOPBACK}:{self._port}"',
            "next_connection_delay_ms = 1",
            "[v5.1.connections]",
            "connection_timeout_ms = 60000",
            f"max_payload_size = {WHEEL_PAYLOAD}",
            "max_inflight_count = 100",
            "dynamic_filters = true",
        ]
        if self._username is not None:
            lines += ["[v5.1.connections.auth]", f"{_quoted(self._username)} = {_quoted(self._password or '')}"]
        return "\n".join(lines) + "\n"


def available() -> tuple[type[MosquittoBroker] | type[WheelBroker], ...]:
    """The brokers that can be had on this machine, the better one first."""
    found: list[type[MosquittoBroker] | type[WheelBroker]] = []
    if mosquitto() is not None:
        found.append(MosquittoBroker)
    if _has_wheel():
        found.append(WheelBroker)
    return tuple(found)


def mosquitto() -> str | None:
    """The Mosquitto program of this machine."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=PLACES)


def free_port() -> int:
    """A port of the loopback nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _has_wheel() -> bool:
    return importlib.util.find_spec("iotcore") is not None


def _prepare(path: Path, text: str) -> None:
    """Write a file only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _expect_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError):
            raise BrokerError(f"expected port {port} of {LOOPBACK} free, found it taken; choose another") from None


def _answers(port: int, running: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + READY_WITHIN
    while running() and time.monotonic() < deadline:
        try:
            socket.create_connection((LOOPBACK, port), timeout=0.2).close()
        except OSError:
            time.sleep(0.01)
        else:
            return True
    return False


def _hashed(password: str) -> str:
    """A password as Mosquitto's file wants it: PBKDF2 with SHA-512 (`mosquitto_passwd`, form 7)."""
    salt, rounds = secrets.token_bytes(12), 10_000
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    return f"$7${rounds}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _quoted(text: str) -> str:
    """A TOML string."""
    return '"' + "".join(f"\\u{ord(c):04x}" if c in '"\\' or ord(c) < 32 else c for c in text) + '"'
