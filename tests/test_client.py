"""What asks a running daemon says so where something else answers."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from homectl.client import Client
from homectl.home import HomeError
from tests.fakes import LAMP


class Stranger(BaseHTTPRequestHandler):
    """Speaks JSON, and knows nothing of homes."""

    said = b"{}"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.said)))
        self.end_headers()
        self.wfile.write(self.said)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Stranger)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield server.server_port
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.mark.parametrize("said", [b"{}", b"[]", b"null", b'{"explanation": 1}', b"hello"])
def test_another_program_on_the_port_is_called_so(port: int, said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stranger, "said", said)
    with pytest.raises(HomeError, match="Something other than homectl answers"):
        Client(port).explain(LAMP)
