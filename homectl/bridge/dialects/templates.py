"""The small part of Jinja that announcements need, parsed by ourselves: templates come from the network."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from homectl.bridge.dialects.expressions import DEEPEST, Expression, expression, unknown
from homectl.bridge.dialects.operations import UNDEFINED, as_text
from homectl.home import MessageError

LONGEST = 2048

Variables = dict[str, Any]
Part = Callable[[Variables], Sequence[Any]]

_OPENED = re.compile(r"\{[{%#]")
_SET = re.compile(r"set\s+([A-Za-z_]\w*)\s*=(.*)", re.DOTALL | re.ASCII)
_BRANCH = re.compile(r"(?:if|elif)\s+(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template. It sees nothing but the variables it is given."""

    parts: tuple[Part, ...]
    alone: Expression | None

    def value(self, variables: Variables) -> Any:
        """What the template says: the value of a single expression as it is, else text. UNDEFINED: it says nothing."""
        if self.alone is not None:
            return self.alone(variables)
        said = self._said(variables)
        worded = [part for part in said if not (isinstance(part, str) and not part.strip())]
        if len(worded) == 1:
            return worded[0].strip() if isinstance(worded[0], str) else worded[0]
        return "".join(as_text(part) for part in said).strip() if worded else UNDEFINED

    def text(self, variables: Variables) -> str:
        """What the template writes."""
        return "".join(as_text(part) for part in self._said(variables))

    def _said(self, variables: Variables) -> list[Any]:
        scope = dict(variables)
        return [said for part in self.parts for said in part(scope)]


class _Piece(NamedTuple):
    kind: str  # "text", "show", "do"
    source: str


def template(source: str) -> Template:
    """Compile a template; MessageError where it leaves the subset."""
    if len(source) > LONGEST:
        raise MessageError(f"template: expected at most {LONGEST} characters, got {len(source)}; it is left alone")
    pieces = _pieces(source.strip())
    if len(pieces) == 1 and pieces[0].kind == "show":
        alone = expression(pieces[0].source)
        return Template((lambda scope: (alone(scope),),), alone)
    reader = _Blocks(pieces)
    return Template(tuple(reader.whole()), None)


def _pieces(source: str) -> list[_Piece]:
    """Text, `{{ … }}` and `{% … %}` in order; one pass, whatever the source."""
    found, place = [], 0
    while match := _OPENED.search(source, place):
        end = source.find("}}" if match[0] == "{{" else "%}", match.end())
        if match[0] == "{#" or end < 0:
            raise unknown(source[match.start() :])
        if match.start() > place:
            found.append(_Piece("text", source[place : match.start()]))
        kind = "show" if match[0] == "{{" else "do"
        found.append(_Piece(kind, source[match.end() : end].removeprefix("-").removesuffix("-").strip()))
        place = end + 2
    if place < len(source):
        found.append(_Piece("text", source[place:]))
    return found


class _Blocks:
    """Text, shown expressions, `set` and `if … elif … else … endif`, nothing else."""

    def __init__(self, pieces: list[_Piece]) -> None:
        self._pieces = pieces
        self._place = 0
        self._depth = 0

    def whole(self) -> list[Part]:
        parts = self._until(())
        if self._place < len(self._pieces):
            raise unknown(self._pieces[self._place].source)
        return parts

    def _until(self, ends: tuple[str, ...]) -> list[Part]:
        parts: list[Part] = []
        while self._place < len(self._pieces):
            piece = self._pieces[self._place]
            if piece.kind == "do" and piece.source.split(None, 1)[:1] in [[end] for end in ends]:
                break
            self._place += 1
            parts.append(self._part(piece))
        return parts

    def _part(self, piece: _Piece) -> Part:
        if piece.kind == "text":
            return lambda _scope: (piece.source,)
        if piece.kind == "show":
            shown = expression(piece.source)
            return lambda scope: (shown(scope),)
        if match := _SET.fullmatch(piece.source):
            return _kept(match[1], expression(match[2]))
        if piece.source.startswith("if"):
            return self._branches(piece)
        raise unknown(piece.source)

    def _branches(self, opening: _Piece) -> Part:
        self._depth += 1
        if self._depth > DEEPEST:
            raise unknown("deeper nesting")
        branches: list[tuple[Expression, list[Part]]] = []
        other: list[Part] = []
        piece = opening
        while match := _BRANCH.fullmatch(piece.source):
            branches.append((expression(match[1]), self._until(("elif", "else", "endif"))))
            piece = self._do()
        if piece.source == "else":
            other = self._until(("endif",))
            piece = self._do()
        if piece.source != "endif" or not branches:
            raise unknown(piece.source)
        self._depth -= 1
        return lambda scope: _chosen(branches, other, scope)

    def _do(self) -> _Piece:
        if self._place >= len(self._pieces):
            raise unknown("its end")
        self._place += 1
        return self._pieces[self._place - 1]


def _kept(name: str, value: Expression) -> Part:
    def keep(scope: Variables) -> Sequence[Any]:
        scope[name] = value(scope)
        return ()

    return keep


def _chosen(branches: list[tuple[Expression, list[Part]]], other: list[Part], scope: Variables) -> Sequence[Any]:
    parts = next((parts for test, parts in branches if test(scope)), other)
    return [said for part in parts for said in part(scope)]
