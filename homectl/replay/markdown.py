"""A report as Markdown: the same words and tables without the pictures."""

import re
from collections.abc import Iterable, Iterator

from homectl.replay.document import Document, Facts, Fold, Part, Picture, Strip, Table, Words

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!~$&])")


def markdown(document: Document) -> str:
    """The document in GitHub's Markdown; the same bytes every time. What a log says is escaped."""
    lines = [f"# {_plain(document.title)}", "", _plain(document.lead), ""]
    for section in document.sections:
        if body := list(_lines(section.parts)):
            lines += [f"## {_plain(section.title)}", "", *body]
    return "\n".join(lines).rstrip() + "\n"


def _lines(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        match part:
            case Words(text=text):
                yield from (_plain(text), "")
            case Facts(facts=facts):
                yield from (_plain(f"- {f.value} {f.name}" + (f" ({f.note})" if f.note else "")) for f in facts)
                yield ""
            case Table():
                yield from _table(part)
            case Fold(title=title, parts=inner):
                yield from (f"### {_plain(title)}", "", *_lines(inner))
            case Strip() | Picture():
                continue


def _table(table: Table) -> Iterator[str]:
    yield _row(table.columns)
    yield "|" + "|".join("---:" if n in table.numbers else "---" for n in range(len(table.columns))) + "|"
    yield from map(_row, table.rows)
    yield ""


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(map(_plain, cells)) + " |"


def _plain(text: str) -> str:
    """A text that Markdown shows as it stands, on one line."""
    return SPECIAL.sub(r"\\\1", "".join(letter for letter in text if letter.isprintable()))
