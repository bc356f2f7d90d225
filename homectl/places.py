"""Where this user's homectl keeps its state where nothing else is said."""

import os
from pathlib import Path


def state_folder() -> Path:
    """$HOMECTL_DATA, systemd's folder, or XDG state."""
    chosen = os.environ.get("HOMECTL_DATA") or os.environ.get("STATE_DIRECTORY")
    fallback = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "homectl"
    return Path(chosen) if chosen else fallback
