"""Who types."""

import getpass


def who() -> str:
    """The name somebody is logged in by; "somebody" where the system knows none."""
    try:
        return getpass.getuser()[:64]
    except (OSError, KeyError, ImportError):
        return "somebody"
