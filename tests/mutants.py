"""One small mistake at a time in a module's source, and whether the claims about it notice."""

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Subject:
    """A module, and the modules of tests that make claims about it; later ones may import earlier ones."""

    module: ModuleType
    claims: Sequence[ModuleType]

    @property
    def source(self) -> ast.Module:
        return _source(self.module)

    def mutants(self) -> Iterator[tuple[str, ast.Module]]:
        """One mistake each: a comparison shifted or turned round, `and` for `or`, a `not` lost, a rule missing."""
        source, told = self.source, Counter[str]()
        for place, node in enumerate(ast.walk(source)):
            for what, change in _mistakes(node):
                tree = deepcopy(source)
                victim = next(other for number, other in enumerate(ast.walk(tree)) if number == place)
                change(victim)
                name = f"{_function(source, getattr(node, 'lineno', 0))}: {what} in `{ast.unparse(node)}`"
                told[name] += 1
                yield name + " again" * (told[name] - 1), tree

    def claims_about(self, tree: ast.Module) -> list[ModuleType]:
        """The tests as modules of their own, in which the module they are about is the mutant."""
        mutant = ModuleType(self.module.__name__)
        mutant.__file__ = self.module.__file__
        made = [mutant, *(ModuleType(claims.__name__) for claims in self.claims)]
        sources = [ast.fix_missing_locations(tree), *(_source(claims) for claims in self.claims)]
        kept = {module.__name__: sys.modules.get(module.__name__) for module in made}
        try:
            for module, source in zip(made, sources, strict=True):
                sys.modules[module.__name__] = module
                exec(compile(source, module.__name__, "exec"), vars(module))
        finally:
            for name, before in kept.items():
                if before is None:
                    sys.modules.pop(name, None)
                else:
                    sys.modules[name] = before
        return made[1:]


def _source(module: ModuleType) -> ast.Module:
    return ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))


def hold(modules: Sequence[ModuleType]) -> bool:
    """Whether every quick claim of their tables holds; a mutant that falls over does not."""
    with suppress(Exception):
        for claims in modules:
            for name, claim in vars(claims).items():
                if name.startswith("test_") and claim.__module__ == claims.__name__ and not _slow(name, claim):
                    for arguments in _cases(claim):
                        claim(**arguments)
        return True
    return False


def noticed(subject: Subject, tree: ast.Module) -> bool:
    """Whether a claim fails of a mutant."""
    with suppress(Exception):
        return not hold(subject.claims_about(tree))
    return True


def _mistakes(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], None]]]:
    match node:
        case ast.Compare(ops=ops):
            for place, op in enumerate(ops):
                other = SWAPPED[type(op)]
                yield f"{type(op).__name__} → {other.__name__}", partial(_compare_by, place, other)
        case ast.BoolOp(op=op):
            other_op = ast.And if isinstance(op, ast.Or) else ast.Or
            yield f"{type(op).__name__} → {other_op.__name__}", partial(_join_by, other_op)
        case ast.UnaryOp(op=ast.Not()):
            yield "not lost", _drop_not
        case ast.Tuple(elts=elts) if _is_rules(node):
            for place in range(len(elts)):
                yield f"without {ast.unparse(elts[place])}", partial(_leave_out, place)


def _compare_by(place: int, other: type[ast.cmpop], node: ast.Compare) -> None:
    node.ops[place] = other()


def _join_by(other: type[ast.boolop], node: ast.BoolOp) -> None:
    node.op = other()


def _leave_out(place: int, node: ast.Tuple) -> None:
    node.elts.pop(place)


def _drop_not(node: ast.UnaryOp) -> None:
    """`not x` becomes `not not x`."""
    node.operand = ast.UnaryOp(op=ast.Not(), operand=node.operand)


def _is_rules(node: ast.Tuple) -> bool:
    return len(node.elts) > 5 and all(isinstance(each, ast.Name) for each in node.elts)


def _function(source: ast.Module, line: int) -> str:
    inside = [f for f in source.body if isinstance(f, ast.FunctionDef | ast.ClassDef | ast.AnnAssign)]
    return next((getattr(f, "name", "RULES") for f in inside if f.lineno <= line <= (f.end_lineno or 0)), "module")


def _slow(name: str, claim: Any) -> bool:
    """A soak, a property with many examples, or an adversary."""
    soaks = any(mark.name == "soak" for mark in getattr(claim, "pytestmark", ()))
    return soaks or hasattr(claim, "hypothesis") or "hostile" in name


def _cases(claim: Any) -> list[dict[str, Any]]:
    """The arguments of every case of a parametrised test."""
    tables: list[Sequence[dict[str, Any]]] = []
    for mark in getattr(claim, "pytestmark", ()):
        if mark.name == "parametrize":
            names, rows = mark.args[:2]
            names = [names] if isinstance(names, str) else list(names)
            tables.append([dict(zip(names, row if len(names) > 1 else (row,), strict=True)) for row in rows])
    return [{name: value for part in parts for name, value in part.items()} for parts in product(*tables)]
