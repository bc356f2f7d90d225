"""The page and the API: a running home seen and asked over HTTP on loopback."""

from homectl.dashboard.application import application
from homectl.dashboard.server import Server

__all__ = ["Server", "application"]
