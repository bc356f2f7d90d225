"""The page and the API: a running home seen and asked over HTTP, by those who may."""

from homectl.dashboard.access import Access
from homectl.dashboard.application import application
from homectl.dashboard.server import Address, Forwarder, Server
from homectl.dashboard.sessions import Sessions

__all__ = ["Access", "Address", "Forwarder", "Server", "Sessions", "application"]
