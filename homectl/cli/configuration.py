"""Where the settings file is found."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homectl.control.limits import Limits
    from homectl.home import Home
    from homectl.settings import Settings

WHERE = "settings file (default: $HOMECTL_CONFIG, ./homectl.yaml, ~/.config/homectl/homectl.yaml or /etc/homectl/…)"
"""What `--help` says of `--config`."""


def find(given: Path | None) -> Path:
    """`--config`, $HOMECTL_CONFIG, ./homectl.yaml, XDG config or /etc, in this order; ConfigError if none exists."""
    from homectl.home import ConfigError

    if given is not None:
        return given
    if named := os.environ.get("HOMECTL_CONFIG"):
        return Path(named)
    user = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    places = [Path("homectl.yaml"), user / "homectl" / "homectl.yaml", Path("/etc/homectl/homectl.yaml")]
    for place in places:
        if place.exists():
            return place
    looked = ", ".join(str(place) for place in places)
    raise ConfigError(f"expected a settings file, found none of {looked}; name one with -c, or try: homectl demo")


def lived(given: Path | None) -> "tuple[Settings, Home, Limits, Path]":
    """The settings that `--config` names, and the journal of their home, which has run; else HomeError."""
    from homectl.app import journal_path
    from homectl.home import HomeError
    from homectl.settings import load

    settings, home, limits = load(find(given))
    path = journal_path(settings, home)
    if not path.exists():
        raise HomeError(f"expected the journal of a home that has run, found no {path}; start it: homectl run")
    return settings, home, limits, path
