"""How programs of this machine reach a running home's page: a small file that only the user who runs it can read."""

import json
import re
import secrets
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from homectl.journal.generations import replace_file
from homectl.places import state_folder

CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")


def certificates_in(pem: bytes) -> str:
    """The certificates in a file that may hold their key and remarks as well, and nothing else of it."""
    return "\n".join(found.decode() for found in CERTIFICATE.findall(pem)) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageKey:
    """Where one run of a home serves its page, and the token that lets this machine's programs in meanwhile.

    `certificate` is the page's own, PEM; empty where it is not encrypted.
    """

    port: int
    token: str = field(repr=False)
    host: str = "127.0.0.1"
    certificate: str = ""

    @staticmethod
    def new_token() -> str:
        return secrets.token_urlsafe(32)

    @staticmethod
    def path(port: int) -> Path:
        return state_folder() / f"page-{port}.json"

    @classmethod
    def of(cls, port: int) -> "PageKey | None":
        """The key of the page on a port; None where there is none that this user may read."""
        try:
            said = json.loads(cls.path(port).read_bytes())
            return cls(port=port, **{name: str(said[name]) for name in ("token", "host", "certificate")})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def encrypted(self) -> ssl.SSLContext | None:
        """Trusts the page's own certificate and nobody else's; None where it has none."""
        if not self.certificate:
            return None
        context = ssl.create_default_context(cadata=self.certificate)
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return context

    @contextmanager
    def left(self) -> Iterator[None]:
        """Keep the file while the page is served. OSError where it cannot be written."""
        path = self.path(self.port)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"token": self.token, "host": self.host, "certificate": self.certificate}
        replace_file(path, json.dumps(content).encode())
        try:
            yield
        finally:
            if PageKey.of(self.port) == self:
                path.unlink(missing_ok=True)
