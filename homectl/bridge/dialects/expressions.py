"""The expressions of the template subset: parsed by hand, compiled to closures that reach nothing but their scope.

Expressions come from the network. There is no attribute access, only look-up in JSON objects, and no call
but `.get`; lists and tables hold plain values only, so that nothing can grow. What the subset does not
know is a MessageError.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from homectl.bridge.dialects.operations import (
    FILTERS,
    OPERATIONS,
    TESTS,
    UNDEFINED,
    Operation,
    default,
    is_plain,
    look_up,
)
from homectl.home import MessageError

Scope = Mapping[str, Any]
Expression = Callable[[Scope], Any]

DEEPEST = 16
MOST_TOKENS = 400

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<sign>==|!=|<=|>=|[-+*/%<>|.,:()\[\]{}]))",
    re.ASCII | re.DOTALL,
)
_ESCAPED = {"n": "\n", "t": "\t"}
_WORDS: dict[str, Any] = {"true": True, "True": True, "false": False, "False": False, "none": None, "None": None}


def expression(source: str) -> Expression:
    """Compile one expression; MessageError names what the subset does not know."""
    reader = _Reader(source)
    compiled = reader.choice()
    reader.end()
    return compiled


class _Reader:
    """A recursive descent over the tokens of one expression, in Jinja's order of precedence."""

    def __init__(self, source: str) -> None:
        self._tokens = _tokens(source)
        self._place = 0
        self._depth = 0

    def end(self) -> None:
        if self._place < len(self._tokens):
            self._refuse(self._peek())

    def choice(self) -> Expression:
        """`a if test else b`, or what stands alone."""
        self._depth += 1
        if self._depth > DEEPEST:
            self._refuse("deeper nesting")
        chosen = self._operation(0)
        if self._take("if"):
            test = self._operation(0)
            chosen = _either(test, chosen, self.choice() if self._take("else") else _constant(UNDEFINED))
        self._depth -= 1
        return chosen

    def _operation(self, binding: int) -> Expression:
        """Operations that bind more strongly than `binding`."""
        left = self._negated() if binding < 3 and self._take("not") else self._signed(filtered=True)
        while True:
            sign = "not in" if (self._peek(), self._peek(1)) == ("not", "in") else self._peek()
            if sign == "or" and binding < 1:
                self._place += 1
                left = _first(left, self._operation(1), stop=True)
            elif sign == "and" and binding < 2:
                self._place += 1
                left = _first(left, self._operation(2), stop=False)
            elif sign in OPERATIONS and binding < OPERATIONS[sign][0]:
                self._place += 1 + (sign == "not in")
                strength, operation = OPERATIONS[sign]
                left = _applied(operation, left, self._operation(strength))
            else:
                return left

    def _negated(self) -> Expression:
        odd = True
        while self._take("not"):
            odd = not odd
        inner = self._operation(2)
        return lambda scope: bool(inner(scope)) is not odd

    def _signed(self, *, filtered: bool) -> Expression:
        odd = False
        while self._take("-"):
            odd = not odd
        value = self._looked_up(self._atom())
        if odd:
            value = _applied(OPERATIONS["-"][1], _constant(0), value)
        return self._filtered(value) if filtered else value

    def _looked_up(self, value: Expression) -> Expression:
        while True:
            if self._take("."):
                value = self._member(value)
            elif self._take("["):
                value = _applied(look_up, value, self.choice())
                self._expect("]")
            else:
                return value

    def _member(self, value: Expression) -> Expression:
        name = self._next()
        if name == "get" and self._take("("):
            asked = self._listed(")")
            if not 1 <= len(asked) <= 2:
                self._refuse(".get()")
            key, other = asked[0], asked[1] if len(asked) == 2 else _constant(None)
            return lambda scope: default(look_up(value(scope), key(scope)), other(scope))
        if not name.isidentifier():
            self._refuse(name)
        return _applied(look_up, value, _constant(name))

    def _filtered(self, value: Expression) -> Expression:
        while self._peek() in ("|", "is"):
            value = self._piped(value) if self._next() == "|" else self._tested(value)
        return value

    def _piped(self, value: Expression) -> Expression:
        name = self._next()
        if name not in FILTERS:
            self._refuse(f"filter {name}")
        function, most = FILTERS[name]
        given = self._listed(")") if self._take("(") else []
        if len(given) > most:
            self._refuse(f"filter {name} with {len(given)} arguments")
        return lambda scope: function(value(scope), *[argument(scope) for argument in given])

    def _tested(self, value: Expression) -> Expression:
        wanted = not self._take("not")
        name = self._next()
        if name not in TESTS:
            self._refuse(f"test {name}")
        test = TESTS[name]
        return lambda scope: test(value(scope)) is wanted

    def _atom(self) -> Expression:
        word = self._next()
        if word == "(":
            inner = self.choice()
            self._expect(")")
            return inner
        if word == "[":
            items = self._listed("]")
            return lambda scope: [kept for item in items if is_plain(kept := item(scope))]
        if word == "{":
            return self._table()
        if word[:1] in ("'", '"'):
            return _constant(re.sub(r"(?s)\\(.)", lambda match: _ESCAPED.get(match[1], match[1]), word[1:-1]))
        if word[:1].isdigit():
            return _constant(float(word) if "." in word or len(word) > 15 else int(word))
        if word in _WORDS:
            return _constant(_WORDS[word])
        if not word.isidentifier() or self._peek() == "(":
            self._refuse(word)
        return lambda scope: scope.get(word, UNDEFINED)

    def _listed(self, closing: str) -> list[Expression]:
        found: list[Expression] = []
        while not self._take(closing):
            found.append(self.choice())
            if not self._take(","):
                self._expect(closing)
                break
        return found

    def _table(self) -> Expression:
        pairs: list[tuple[Expression, Expression]] = []
        while not self._take("}"):
            key = self.choice()
            self._expect(":")
            pairs.append((key, self.choice()))
            if not self._take(","):
                self._expect("}")
                break
        return lambda scope: _object((key(scope), value(scope)) for key, value in pairs)

    def _peek(self, ahead: int = 0) -> str:
        place = self._place + ahead
        return self._tokens[place] if place < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._place += 1
        return token

    def _take(self, token: str) -> bool:
        taken = self._peek() == token
        self._place += taken
        return taken

    def _expect(self, token: str) -> None:
        if not self._take(token):
            self._refuse(self._peek())

    def _refuse(self, found: str) -> NoReturn:
        raise unknown(found or "its end")


def _object(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    return {key: value for key, value in pairs if is_plain(key) and is_plain(value)}


def unknown(found: str) -> MessageError:
    return MessageError(f"template: expected the known subset, got {found[:40]!r}; it is left alone")


def _constant(value: Any) -> Expression:
    return lambda _scope: value


def _applied(operation: Operation, left: Expression, right: Expression) -> Expression:
    return lambda scope: operation(left(scope), right(scope))


def _first(left: Expression, right: Expression, *, stop: bool) -> Expression:
    """The left value where it is as true as `stop`, else the right one."""
    return lambda scope: value if bool(value := left(scope)) is stop else right(scope)


def _either(test: Expression, yes: Expression, no: Expression) -> Expression:
    return lambda scope: yes(scope) if test(scope) else no(scope)


def _tokens(source: str) -> list[str]:
    found: list[str] = []
    place, source = 0, source.rstrip()
    while place < len(source):
        match = _TOKEN.match(source, place)
        if match is None or len(found) == MOST_TOKENS:
            raise unknown(source[place : place + 20])
        found.append(match[0].strip())
        place = match.end()
    return found
