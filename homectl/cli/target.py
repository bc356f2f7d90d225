"""Targets as people type them."""

from homectl.home import Kind, Target, UsageError


def target_of(text: str) -> Target:
    """`device/kind` as a target; UsageError for anything else."""
    device, slash, kind = text.partition("/")
    if not slash or not device or kind not in [k.value for k in Kind]:
        raise UsageError(f"expected device/kind with a kind of {', '.join(Kind)}, got {text!r}; see homectl status")
    return Target(device, Kind(kind))
