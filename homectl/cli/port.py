"""Where a running daemon's page is found."""

import os
from argparse import ArgumentParser

from homectl.cli.expect import port

PAGE = "8124"


def add_port(parser: ArgumentParser) -> None:
    """`--port`, with the default that the daemon itself has: $HOMECTL_DASHBOARD__PORT, or 8124."""
    usual = os.environ.get("HOMECTL_DASHBOARD__PORT") or PAGE
    parser.add_argument("--port", type=port, default=usual, help="port of the daemon's page (default: %(default)s)")
