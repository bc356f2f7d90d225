"""Where a running daemon's page is found."""

import os
from argparse import ArgumentParser

from homectl.cli.expect import port

PAGE = 8124


def add_port(parser: ArgumentParser) -> None:
    """`--port`, with the default that the daemon itself has: $HOMECTL_DASHBOARD__PORT, or 8124."""
    said = os.environ.get("HOMECTL_DASHBOARD__PORT", "")
    usual = int(said) if said.isdecimal() else PAGE
    parser.add_argument("--port", type=port, default=usual, help="port of the daemon's page (default: %(default)s)")
