"""What a row must look like to be one that was written: SQLite keeps no checksums, so nonsense is told by its sense."""

from collections.abc import Iterable

from homectl.home import ORIGIN_CODE, Cause, CommandState, Event, Kind, Quantity, Ruling

LATEST = 253_370_764_800_000
"""The start of the year 9999 in milliseconds."""


def _one_of(column: str, words: Iterable[object]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


def _text(*columns: str) -> str:
    return " AND ".join(f"typeof({column}) = 'text'" for column in columns)


def _time(column: str) -> str:
    return f"typeof({column}) = 'integer' AND abs({column}) < {LATEST}"


_TARGET = _one_of("substr(target, instr(target, '/') + 1)", Kind)
_CAUSE = _one_of("cause", Cause)

BELIEVABLE: dict[str, str] = {
    "about": _text("name", "value"),
    "signals": f"{_text('device')} AND {_one_of('quantity', Quantity)}",
    "readings": (
        f"typeof(signal) = 'integer' AND {_time('at')} AND typeof(value) IN ('real', 'null') "
        f"AND origin BETWEEN 0 AND {max(ORIGIN_CODE.values())} AND live IN (0, 1) AND {_text('text')}"
    ),
    "decisions": (
        f"{_TARGET} AND {_time('since')} AND {_time('until')} AND {_CAUSE} AND {_one_of('ruling', Ruling)} "
        f"AND typeof(confidence) IN ('real', 'null') AND {_text('setting', 'rule', 'reason', 'command')}"
    ),
    "commands": (
        f"{_text('id', 'setting', 'reason', 'detail')} AND {_TARGET} AND {_CAUSE} AND {_time('issued')} "
        f"AND {_one_of('state', CommandState)} AND (ended IS NULL OR {_time('ended')})"
    ),
    "lessons": (
        f"{_time('at')} AND {_one_of('event', Event)} AND {_text('said')} AND typeof(model) IN ('integer', 'null') "
        "AND typeof(start) = 'integer' AND json_valid(days) AND json_valid(figures)"
    ),
}
"""By table, a condition in SQL. Tables that are not named here are taken as they are."""
