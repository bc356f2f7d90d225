"""What the template subset can calculate: operations, filters and tests, none of which can grow without end."""

import operator
from collections.abc import Callable
from typing import Any, Final

Operation = Callable[[Any, Any], Any]

EXACT = 2**53
"""Integers beyond this are calculated as floats: they could grow without end."""


class _Undefined:
    """What a name or key that does not exist evaluates to: false, equal to nothing, without text."""

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return ""


UNDEFINED: Final = _Undefined()


def as_text(value: Any) -> str:
    """A value as a template writes it: True, None, 21.5, the string itself; nothing where undefined."""
    return value if isinstance(value, str) else str(value)


def look_up(container: Any, key: Any) -> Any:
    """A key of a JSON object or a place in a JSON list; undefined for everything else."""
    if isinstance(container, dict):
        return container.get(key, UNDEFINED) if is_plain(key) else UNDEFINED
    if isinstance(container, list) and isinstance(key, int) and -len(container) <= key < len(container):
        return container[key]
    return UNDEFINED


def is_plain(value: Any) -> bool:
    """Text, a number, a truth or none: what may stand in a list or table of a template."""
    return isinstance(value, str | int | float | None)


def _compared(compare: Operation) -> Operation:
    def compared(left: Any, right: Any) -> Any:
        try:
            return bool(compare(left, right))
        except TypeError:
            return UNDEFINED

    return compared


def _calculated(calculate: Operation) -> Operation:
    """Numbers with numbers only: text that is repeated or formatted could grow."""

    def calculated(left: Any, right: Any) -> Any:
        if not (isinstance(left, int | float) and isinstance(right, int | float)):
            return UNDEFINED
        try:
            exact = abs(left) <= EXACT and abs(right) <= EXACT
            return calculate(left, right) if exact else calculate(float(left), float(right))
        except (ZeroDivisionError, OverflowError):
            return UNDEFINED

    return calculated


def _contained(left: Any, right: Any) -> bool:
    if isinstance(right, str):
        return isinstance(left, str) and left in right
    return isinstance(right, dict | list) and left in list(right)


OPERATIONS: dict[str, tuple[int, Operation]] = {
    "in": (3, _contained),
    "not in": (3, lambda left, right: not _contained(left, right)),
    "==": (3, _compared(operator.eq)),
    "!=": (3, _compared(operator.ne)),
    "<": (3, _compared(operator.lt)),
    "<=": (3, _compared(operator.le)),
    ">": (3, _compared(operator.gt)),
    ">=": (3, _compared(operator.ge)),
    "+": (4, _calculated(operator.add)),
    "-": (4, _calculated(operator.sub)),
    "*": (5, _calculated(operator.mul)),
    "/": (5, _calculated(operator.truediv)),
    "%": (5, _calculated(operator.mod)),
}
"""Each operation with how strongly it binds: `or` 1, `and` 2, `not` between them and the comparisons."""


def _float(value: Any, default: Any = UNDEFINED) -> Any:
    try:
        return default if value is UNDEFINED or value is None else float(value)
    except (TypeError, ValueError, OverflowError):
        return default


def _int(value: Any, default: Any = 0) -> Any:
    number = _float(value)
    try:
        return default if number is UNDEFINED else int(number)
    except (ValueError, OverflowError):
        return default


def _round(value: Any, digits: Any = 0) -> Any:
    number, places = _float(value), _int(digits)
    return UNDEFINED if number is UNDEFINED or not 0 <= places <= 9 else round(number, places)


def default(value: Any, fallback: Any = "", falsy: Any = False) -> Any:
    """The fallback for what is undefined; with `falsy` for everything that is false."""
    return fallback if value is UNDEFINED or (falsy and not value) else value


def _abs(value: Any) -> Any:
    number = _float(value)
    return UNDEFINED if number is UNDEFINED else abs(number)


FILTERS: dict[str, tuple[Callable[..., Any], int]] = {
    "float": (_float, 1),
    "int": (_int, 1),
    "round": (_round, 1),
    "default": (default, 2),
    "d": (default, 2),
    "abs": (_abs, 0),
    "lower": (lambda value: as_text(value).lower(), 0),
    "upper": (lambda value: as_text(value).upper(), 0),
    "trim": (lambda value: as_text(value).strip(), 0),
    "string": (as_text, 0),
    "is_defined": (lambda value: value, 0),
}
"""Each filter with the number of arguments it may be given."""

TESTS: dict[str, Callable[[Any], bool]] = {
    "defined": lambda value: value is not UNDEFINED,
    "undefined": lambda value: value is UNDEFINED,
    "none": lambda value: value is None,
    "None": lambda value: value is None,
}
