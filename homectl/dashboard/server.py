"""An HTTP server inside the daemon's own loop, on loopback only."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from homectl.dashboard.application import application
from homectl.home import Actions, HomeError, Past

LOOPBACK = "127.0.0.1"


class _InTheLoop(uvicorn.Server):
    """Leaves signals to the daemon that owns the loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Server:
    """Serves the page and API of one home, once: start it, stop it. Port 0 takes any free port."""

    def __init__(self, actions: Actions, port: int, past: Past | None = None) -> None:
        self._port = port
        self._app = application(actions, past)
        self._server = _InTheLoop(
            uvicorn.Config(
                self._app,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=2,
            )
        )
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """The port, once requests are answered on it; HomeError if it is taken."""
        listening = _listen(self._port)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]), name="dashboard")
        while not self._server.started:
            await asyncio.wait({self._serving}, timeout=0.01)
            if self._serving.done():
                self._serving.result()
                raise HomeError("The page could not be served; the log says why.")
        return int(listening.getsockname()[1])

    async def stop(self) -> None:
        """End every stream and every request, then close the port. Harmless when not started."""
        if self._serving is None:
            return
        self._app.state.closing.set()
        self._server.should_exit = True
        await self._serving
        self._serving = None


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise HomeError(
            f"The page needs port {port} on {LOOPBACK}: {error.strerror}. Free it, or choose another port."
        ) from None
    return listening
