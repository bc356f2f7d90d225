"""A stretch of a home's journal as a scenario test: what was heard, said and decided in it."""

from collections.abc import Iterator
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

import yaml

from homectl.home import Cause, Hold, Home, Record
from homectl.journal import Journal
from homectl.rerun import BY_ITSELF

DAY, MINUTE = 86_400.0, 60.0
PAST = 2 * DAY
"""Seconds of the log before a scenario that go into its own."""

WARM_UP = 60 * MINUTE
"""Seconds before it in which the home runs already, so that no limiter is armed by the beginning."""


def cut(journal: Journal, home: Home, start: float, end: float, log: str, title: str, policy: str) -> dict[str, Any]:
    """The content of a file for what was between two times, UTC seconds; `log` names the journal beside it."""
    warm_up = min(WARM_UP, max(0.0, start - journal.oldest()))
    said = [*_said(journal, home, start - warm_up, end)]
    decided = [
        _decision(record, home) for record in reversed(journal.decisions(since=start)) if _made(record, start, end)
    ]
    content: dict[str, Any] = {
        "title": title,
        "home": home.model_dump(mode="json", exclude_defaults=True),
        "log": log,
        "from": _local(start, home),
        "to": _local(end, home),
        "warm_up": ceil(warm_up / MINUTE),
        "policy": policy,
    }
    return {**content, **({"happens": said} if said else {}), "expect": [{"never": "unlock"}, *decided]}


def write(content: dict[str, Any], path: Path) -> None:
    """The file as a person reads it."""
    text = yaml.safe_dump(_sorted(content), sort_keys=False, allow_unicode=True, width=120)
    path.write_text(text, encoding="utf-8")


def write_log(journal: Journal, home: Home, start: float, end: float, path: Path) -> int:
    """What was heard up to the end, and some days before, into a journal of its own; how many readings."""
    with Journal.open(path) as log:
        log.set_home(home)
        return log.append(journal.in_order(start - PAST, end))


def _made(record: Record, start: float, end: float) -> bool:
    return start <= record.since < end and record.cause is not Cause.PERSON


def _decision(record: Record, home: Home) -> dict[str, Any]:
    return {
        "at": _local(record.since, home),
        "target": str(record.target),
        "decided": record.setting,
        "ruling": str(record.ruling),
    }


def _said(journal: Journal, home: Home, begin: float, end: float) -> Iterator[dict[str, Any]]:
    """What people said to homectl from the warm-up on; holds from before it that last are said at its beginning."""
    for asked in journal.runs.asked(begin, end):
        if asked.setting is not None:
            yield {"at": _local(asked.at, home), "ask": str(asked.target), "to": str(asked.setting)}
    for at, target, hold in journal.orders.every_hold():
        if isinstance(hold, Hold) and at < end and (hold.until is None or hold.until > begin):
            yield from _held(hold, max(at, begin), home)
        elif begin <= at < end and not isinstance(hold, Hold) and hold != BY_ITSELF:
            yield {"at": _local(at, home), "resume": str(target)}
    for span in journal.orders.modes():
        if begin <= span.since < end:
            hours = {} if span.until <= span.since else {"hours": round((span.until - span.since) / 3600, 4)}
            yield {"at": _local(span.since, home), "mode": str(span.mode), **hours}


def _held(hold: Hold, at: float, home: Home) -> Iterator[dict[str, Any]]:
    lasts = {} if hold.until is None else {"minutes": round((hold.until - at) / MINUTE, 3)}
    yield {"at": _local(at, home), "hold": str(hold.target), **lasts}


def _local(at: float, home: Home) -> str:
    text = datetime.fromtimestamp(at, home.zone).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    return text.removesuffix(".000")


def _sorted(value: Any) -> Any:
    """Sets of a home in one order, whatever it was."""
    if isinstance(value, dict):
        return {key: _sorted(each) for key, each in value.items()}
    if isinstance(value, list):
        plain = all(isinstance(each, str) for each in value)
        return sorted(value) if plain else [_sorted(each) for each in value]
    return value
