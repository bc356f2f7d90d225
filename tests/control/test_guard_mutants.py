"""Every small mistake in the guard is noticed by its tests: each mutant fails one of them, or is argued away here."""

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from homectl.control import guard
from tests.control import test_guard

NAME, CLAIMS = "homectl.control.guard", "tests.control.mutated_test_guard"

SOURCE = ast.parse(Path(guard.__file__ or "").read_text(encoding="utf-8"))

SWAPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}

EQUIVALENT: dict[str, str] = {
    "setpoint_moves_slowly: LtE → Lt in `abs(command.setting.celsius - reported) <= limits.policy_slew + 1e-09`": (
        "the bound is a billionth of a degree above the largest step, so no step that a device can make lies on it"
    ),
}
"""Mutants that say the same, and why."""

HOSTILE = 1500
"""Commands of the adversary that every mutant has to stand as well."""


def mutants() -> Iterator[tuple[str, ast.Module]]:
    """One mistake each: a comparison shifted or turned round, `and` for `or`, a `not` lost, a rule missing."""
    told: Counter[str] = Counter()
    for place, node in enumerate(ast.walk(SOURCE)):
        for what, change in _mistakes(node):
            tree = deepcopy(SOURCE)
            victim = next(other for number, other in enumerate(ast.walk(tree)) if number == place)
            change(victim)
            name = f"{_function(getattr(node, 'lineno', 0))}: {what} in `{ast.unparse(node)}`"
            told[name] += 1
            yield name + " again" * (told[name] - 1), tree


def _mistakes(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], None]]]:
    match node:
        case ast.Compare(ops=ops):
            for place, op in enumerate(ops):
                other = SWAPPED[type(op)]
                yield f"{type(op).__name__} → {other.__name__}", lambda n, p=place, o=other: n.ops.__setitem__(p, o())
        case ast.BoolOp(op=op):
            other_op = ast.And if isinstance(op, ast.Or) else ast.Or
            yield f"{type(op).__name__} → {other_op.__name__}", lambda n, o=other_op: setattr(n, "op", o())
        case ast.UnaryOp(op=ast.Not()):
            yield "not lost", _drop_not
        case ast.Tuple(elts=elts) if _is_rules(node):
            for place in range(len(elts)):
                yield f"without {ast.unparse(elts[place])}", lambda n, p=place: n.elts.pop(p)


def _drop_not(node: ast.UnaryOp) -> None:
    """`not x` becomes `not not x`."""
    node.operand = ast.UnaryOp(op=ast.Not(), operand=node.operand)


def _is_rules(node: ast.Tuple) -> bool:
    return len(node.elts) > 5 and all(isinstance(each, ast.Name) for each in node.elts)


def _function(line: int) -> str:
    inside = [f for f in SOURCE.body if isinstance(f, ast.FunctionDef | ast.ClassDef | ast.AnnAssign)]
    return next((getattr(f, "name", "RULES") for f in inside if f.lineno <= line <= (f.end_lineno or 0)), "module")


# --- the claims, run against a mutant -------------------------------------------------------------


def claims_about(tree: ast.Module) -> ModuleType:
    """The guard's tests as a module of its own, in which the guard is the mutant."""
    mutant = ModuleType(NAME)
    mutant.__file__ = guard.__file__
    claims = ModuleType(CLAIMS)
    source = Path(test_guard.__file__ or "").read_text(encoding="utf-8")
    kept = {name: sys.modules.get(name) for name in (NAME, CLAIMS)}
    sys.modules.update({NAME: mutant, CLAIMS: claims})
    try:
        exec(compile(ast.fix_missing_locations(tree), NAME, "exec"), vars(mutant))
        exec(compile(source, CLAIMS, "exec"), vars(claims))
    finally:
        for name, module in kept.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
    return claims


def holds(claims: ModuleType) -> bool:
    """Whether every claim of the table holds, and the adversary finds nothing; a mutant that falls over does not."""
    with suppress(Exception):
        for name, claim in vars(claims).items():
            if name.startswith("test_") and not _soaks(claim) and "hostile" not in name:
                for arguments in _cases(claim):
                    claim(**arguments)
        return bool(claims.adversary(HOSTILE, seed=3) > HOSTILE // 30)
    return False


def _soaks(claim: Any) -> bool:
    return any(mark.name == "soak" for mark in getattr(claim, "pytestmark", ()))


def _cases(claim: Any) -> list[dict[str, Any]]:
    """The arguments of every case of a parametrised test."""
    tables: list[Sequence[dict[str, Any]]] = []
    for mark in getattr(claim, "pytestmark", ()):
        if mark.name == "parametrize":
            names, rows = mark.args[:2]
            names = [names] if isinstance(names, str) else list(names)
            tables.append([dict(zip(names, row if len(names) > 1 else (row,), strict=True)) for row in rows])
    return [{name: value for part in parts for name, value in part.items()} for parts in product(*tables)]


ALL = list(mutants())


def test_the_claims_hold_of_the_guard_itself() -> None:
    assert holds(claims_about(deepcopy(SOURCE)))


def test_there_are_enough_mistakes_to_make() -> None:
    assert len(ALL) >= 40
    assert len({name for name, _ in ALL}) == len(ALL)
    assert set(EQUIVALENT) <= {name for name, _ in ALL}


@pytest.mark.parametrize(("name", "tree"), ALL, ids=[name for name, _ in ALL])
def test_a_mistake_in_the_guard_is_noticed(name: str, tree: ast.Module) -> None:
    assert not holds(claims_about(tree)) or name in EQUIVALENT
