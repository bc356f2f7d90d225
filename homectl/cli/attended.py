"""A command that ends with whoever started it: `python -m homectl.cli.attended run …` lives while its input is open."""

import os
import signal
import sys
import threading
import time

from homectl.cli import main

PATIENCE = 20.0
"""Real seconds to end in good order once nobody attends."""


def _attend() -> None:
    """Wait for the end of standard input, which the system closes however the starter dies; then end this process."""
    try:
        while os.read(0, 4096):
            pass
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(PATIENCE)
        os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_attend, name="attend", daemon=True).start()
    sys.exit(main())
