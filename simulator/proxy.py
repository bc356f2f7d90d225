"""A way to a broker on which everything goes wrong that TCP can do, and some that only a dead network does."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress

from homectl.home import UsageError
from simulator.faults import Wire

CHUNK = 1024
"""Bytes carried at once on a narrow way: little fits into it."""

BROAD = 64 * 1024
"""Bytes carried at once on any other."""

LATE, FEW = 0.5, 17
"""Seconds by which pieces are late, and bytes that are handed on at once, where that is what goes wrong."""


class ChaosProxy:
    """Carries bytes to a port and back, as well as its present mood lets it. What it listens on is the loopback's.

    `latency`: seconds that each piece is late; `bandwidth`: bytes a second, 0 for all there is; `slices`: the most
    bytes handed on at once, 0 for as they come; `dropping`: bytes vanish, as behind a router that lost its mind.
    """

    def __init__(self, target: int, host: str = "127.0.0.1", *, narrow: bool = True) -> None:
        self.target, self._host, self._narrow = target, host, narrow
        self._chunk = CHUNK if narrow else BROAD
        self.latency = self.bandwidth = 0.0
        self.slices = 0
        self.dropping = self.refusing = False
        self.connections = 0
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._carried: set[_Carried] = set()

    async def start(self, tls: ssl.SSLContext | None = None, port: int = 0) -> str:
        """Open it, with TLS on the clients' side if so; the URL that clients use. OSError where the port is taken."""
        sock = socket.socket()
        if self._narrow:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        self._server = await asyncio.start_server(self._carry, sock=sock, ssl=tls, limit=self._chunk)
        return f"{'mqtts' if tls else 'mqtt'}://127.0.0.1:{sock.getsockname()[1]}"

    def stall(self) -> None:
        """From now on nothing is carried, and nothing is closed either."""
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    def reset(self) -> None:
        """End every connection at once with what it still carries."""
        for carried in list(self._carried):
            carried.abort()

    def be(self, fault: Wire) -> None:
        """From now on this goes wrong, and nothing else."""
        self.calm()
        match fault:
            case Wire.STALL:
                self.stall()
            case Wire.DROP:
                self.dropping = True
            case Wire.RESET:
                self.refusing = True
                self.reset()
            case Wire.LATENCY:
                self.latency = LATE
            case Wire.SLICES:
                self.slices = FEW

    def calm(self) -> None:
        """Be a plain way again."""
        self.latency = self.bandwidth = 0.0
        self.slices = 0
        self.dropping = self.refusing = False
        self.flow()

    def close(self) -> None:
        self._server.close()
        self.reset()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.refusing:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(self._host, self.target, limit=self._chunk)
        except OSError:
            writer.transport.abort()
            return
        carried = _Carried(writer, far_writer)
        self._carried.add(carried)
        ways = [self._pump(reader, far_writer, writer), self._pump(far_reader, writer, far_writer)]
        tasks = [asyncio.ensure_future(way) for way in ways]
        with suppress(asyncio.CancelledError):  # the loop ends, which asyncio's streams would tell as a fault of ours
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        carried.end()
        self._carried.discard(carried)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, beside: asyncio.StreamWriter
    ) -> None:
        """From one side to the other; `beside` is the way back to whom it comes from."""
        with suppress(OSError):
            while data := await reader.read(self._chunk):
                if not self._flowing.is_set() and not await self._flows_again(beside):
                    return
                if self.latency:
                    await asyncio.sleep(self.latency)
                for piece in self._pieces(b"" if self.dropping else data):
                    writer.write(piece)
                    await writer.drain()
                    if self.bandwidth or self.slices:
                        await asyncio.sleep(len(piece) / self.bandwidth if self.bandwidth else 0)

    async def _flows_again(self, sender: asyncio.StreamWriter) -> bool:
        """Whether the sender still stood at the end of a stall: a dead network keeps nothing for one that hung up."""
        await self._flowing.wait()
        return bool(sender.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0)

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        size = self.slices or max(1, len(data))
        return (data[start : start + size] for start in range(0, len(data), size))


class Way:
    """A proxy that runs beside everything else, on a thread of its own. What goes wrong on it ends by itself."""

    def __init__(self, host: str, port: int, listen: int) -> None:
        """`listen`: the port of the loopback that leads to `port` of `host`."""
        self._proxy, self._listen = ChaosProxy(port, host, narrow=False), listen
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="way", daemon=True)
        self._ending: asyncio.TimerHandle | None = None
        self.fault = Wire.NONE

    def open(self) -> None:
        """UsageError where the port is taken."""
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._proxy.start(port=self._listen), self._loop).result()
        except OSError as error:
            self._stop()
            raise UsageError(f"--proxy: expected a free port, got {self._listen} ({error.strerror}).") from None

    def be(self, fault: Wire, seconds: float) -> None:
        """Let this go wrong for so many real seconds."""
        self._loop.call_soon_threadsafe(self._be, fault, seconds)
        self.fault = fault

    def close(self) -> None:
        """End every connection. It is not opened again."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._stop()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._proxy.close()
        carrying = asyncio.all_tasks() - {asyncio.current_task()}
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)

    def _be(self, fault: Wire, seconds: float) -> None:
        if self._ending is not None:
            self._ending.cancel()
        self.fault = fault
        self._proxy.be(fault)
        self._ending = None if fault is Wire.NONE else self._loop.call_later(seconds, self._be, Wire.NONE, 0.0)


class _Carried:
    """One connection, with a socket at each end."""

    def __init__(self, *writers: asyncio.StreamWriter) -> None:
        self._writers = writers

    def end(self) -> None:
        for writer in self._writers:
            writer.close()

    def abort(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
