"""A way to a broker that can stop carrying bytes without closing anything, as a lost network does."""

import asyncio
import socket
import ssl


class StallingProxy:
    """Carries bytes to a port of the loopback and back until told to stall; little fits into its own buffers."""

    def __init__(self, target: int) -> None:
        self.target, self.stalled = target, False
        self.ends: set[_End] = set()

    async def start(self, tls: ssl.SSLContext | None = None) -> str:
        """Open it, with TLS on the clients' side if so; the URL that clients use."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.bind(("127.0.0.1", 0))
        self._server = await asyncio.get_running_loop().create_server(lambda: _Near(self), sock=sock, ssl=tls)
        return f"{'mqtts' if tls else 'mqtt'}://127.0.0.1:{sock.getsockname()[1]}"

    def stall(self) -> None:
        self.stalled = True
        for end in self.ends:
            end.transport.pause_reading()

    def flow(self) -> None:
        self.stalled = False
        for end in list(self.ends):
            end.transport.resume_reading()

    def close(self) -> None:
        self._server.close()
        for end in list(self.ends):
            end.transport.abort()


class _End(asyncio.Protocol):
    """One socket of a carried connection."""

    transport: asyncio.Transport

    def __init__(self, proxy: StallingProxy, other: "_End | None" = None) -> None:
        self._proxy, self._other, self._early = proxy, other, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._proxy.ends.add(self)
        if self._proxy.stalled:
            transport.pause_reading()

    def join(self, other: "_End") -> None:
        self._other = other
        other.transport.write(self._early)

    def data_received(self, data: bytes) -> None:
        if self._other is None:
            self._early += data
        else:
            self._other.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._proxy.ends.discard(self)
        if self._other is not None:
            self._other.transport.close()


class _Near(_End):
    """The client's side; it opens the broker's side."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._opening = asyncio.get_running_loop().create_task(self._open())

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        _, far = await loop.create_connection(lambda: _End(self._proxy, self), "127.0.0.1", self._proxy.target)
        self.join(far)
