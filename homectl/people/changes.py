"""What has changed among the people who may unlock, against what the audit knows of them."""

import hashlib
from collections.abc import Iterable, Mapping

from homectl.home import Act, Actor, Deed

Marks = Mapping[str, str]
"""Names, each with a mark that changes with the PIN and tells nothing of it."""


def marks(people: Mapping[str, str]) -> dict[str, str]:
    """The marks of people and their hashed PINs: a hash of a hash, whose salt nobody can guess."""
    return {name: hashlib.sha256(pin.encode()).hexdigest()[:12] for name, pin in people.items()}


def recorded(deeds: Iterable[Deed]) -> dict[str, str]:
    """The people as the audit knows them."""
    known: dict[str, str] = {}
    for deed in deeds:
        if deed.act in (Act.ADDED, Act.CHANGED):
            known[deed.target] = deed.detail
        elif deed.act is Act.REMOVED:
            known.pop(deed.target, None)
    return known


def changes(before: Marks, now: Marks, *, at: float, elapsed: float) -> list[Deed]:
    """The deeds that lead from one to the other."""
    found = [(Act.REMOVED, name, "") for name in before if name not in now]
    for name, mark in now.items():
        if name not in before:
            found.append((Act.ADDED, name, mark))
        elif before[name] != mark:
            found.append((Act.CHANGED, name, mark))
    return [
        Deed(at=at, elapsed=elapsed, actor=Actor.COMMAND_LINE, act=act, target=name, outcome="done", detail=mark)
        for act, name, mark in found
    ]
