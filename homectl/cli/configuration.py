"""Where the settings file is found."""

import os
from pathlib import Path

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
