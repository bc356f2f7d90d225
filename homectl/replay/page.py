"""A report as one HTML page: nothing is fetched, nothing runs, and whatever a log says is text."""

from collections.abc import Iterable
from functools import singledispatch
from importlib.resources import files
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from homectl.replay.document import (
    NOTHING,
    UNKNOWN,
    Band,
    Day,
    Document,
    Facts,
    Fold,
    Mark,
    Part,
    Picture,
    Section,
    Strip,
    Table,
    Words,
)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser lets the page do: show itself in its own style."""

SHAPES = {
    "anticipated": "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
    "followed": "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z",
    "missed": "M-3 -3L3 3M3 -3L-3 3",
    "matched": "M0 -3.5L3.5 3H-3.5z",
    "wrong": "M-3 -3L3 3M3 -3L-3 3",
    "unjudged": "M0 -3.5L3.5 0L0 3.5L-3.5 0z",
}
"""How each fate of a change is drawn about a point: by its form as well as by its colour."""

LEGEND = (
    ("You, above:", {"anticipated": "I was first", "followed": "I came to want the same", "missed": "I missed it"}),
    ("I, below:", {"matched": "as you did", "wrong": "not what you wanted", "unjudged": "nobody was there to say"}),
)
LONGEST = 20
"""Letters of a word for which every column has room."""

BANDS = (
    "Every line is a day from midnight to midnight. The upper band is what you had, the lower one what I wanted; where "
    "it is a thin grey line I had no opinion, or nothing is known."
)


def page(document: Document) -> str:
    """The document as HTML; the same bytes every time."""
    root = Element("html", lang="en")
    head, body = SubElement(root, "head"), SubElement(root, "body")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": POLICY})
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "meta", {"name": "color-scheme", "content": "light dark"})
    _text(head, "title", document.title)
    SubElement(head, "style").text = (files("homectl.replay") / "static" / "page.css").read_text(encoding="utf-8")
    _shapes(body)
    top = SubElement(body, "header")
    _text(top, "p", document.over, "over")
    _text(top, "h1", document.title)
    _text(top, "p", document.lead, "lead")
    main = SubElement(body, "main")
    for section in document.sections:
        _section(main, section)
    return "<!doctype html>\n" + ElementTree.tostring(root, encoding="unicode", method="html") + "\n"


def _text(parent: Element, tag: str, text: str, kind: str = "") -> Element:
    """An element with a text in it; letters that cannot be shown are left out."""
    element = SubElement(parent, tag, {"class": kind} if kind else {})
    element.text = "".join(letter for letter in text if letter.isprintable() or letter == "\N{NO-BREAK SPACE}")
    return element


def _section(main: Element, section: Section) -> None:
    element = SubElement(main, "section")
    _text(element, "h2", section.title)
    if any(isinstance(part, Strip) for part in section.parts):
        _legend(element)
    _all(element, section.parts)


def _all(parent: Element, parts: Iterable[Part]) -> None:
    for part in parts:
        _add(part, parent)


@singledispatch
def _add(part: Part, _parent: Element) -> None:
    raise TypeError(f"no part of a page: {part!r}")


@_add.register
def _(part: Words, parent: Element) -> None:
    _text(parent, "p", part.text, "quiet" if part.quiet else "")


@_add.register
def _(part: Facts, parent: Element) -> None:
    cards = SubElement(parent, "dl", {"class": "facts"})
    for fact in part.facts:
        card = SubElement(cards, "div")
        _text(card, "dt", fact.name)
        _text(card, "dd", fact.value, "value")
        if fact.note:
            _text(card, "dd", fact.note, "note")


@_add.register
def _(part: Table, parent: Element) -> None:
    table = SubElement(parent, "table", {"class": part.narrow})
    head = SubElement(SubElement(table, "thead"), "tr")
    for place, column in enumerate(part.columns):
        _text(head, "th", column, _side(part, place)).set("scope", "col")
    body = SubElement(table, "tbody")
    for row in part.rows:
        line = SubElement(body, "tr")
        for place, cell in enumerate(row):
            kinds = ("none" * (cell == NOTHING), "long" * _long(cell), _side(part, place))
            _text(line, "td", cell, " ".join(filter(None, kinds))).set("data-column", part.columns[place])


def _long(cell: str) -> bool:
    """Whether a cell has a word that may have to be broken."""
    return max(map(len, cell.split()), default=0) > LONGEST


def _side(table: Table, place: int) -> str:
    return "number" if place in table.numbers else ""


@_add.register
def _(part: Picture, parent: Element) -> None:
    figure = SubElement(parent, "figure")
    drawing = ElementTree.fromstring(part.svg)  # noqa: S314  drawn by homectl.replay.pictures
    drawing.attrib |= {"role": "img", "aria-label": part.alt}
    figure.append(drawing)
    _text(figure, "figcaption", part.title)


@_add.register
def _(part: Fold, parent: Element) -> None:
    fold = SubElement(parent, "details")
    _text(fold, "summary", part.title)
    _all(fold, part.parts)


@_add.register
def _(part: Strip, parent: Element) -> None:
    strip = SubElement(parent, "div", {"class": f"strip {part.kind}"})
    _text(strip, "h3", part.title)
    _text(strip, "p", part.meaning, "quiet")
    hours = SubElement(SubElement(strip, "div", {"class": "hours", "aria-hidden": "true"}), "div")
    for hour in ("0", "6", "12", "18", "24"):
        _text(hours, "span", hour)
    for day in part.days:
        _day(strip, day)


def _day(strip: Element, day: Day) -> None:
    line = SubElement(strip, "div", {"class": "day"})
    _text(line, "span", day.name)
    drawing = SubElement(line, "svg", {"role": "img", "aria-label": _in_words(day)})
    for bands, top in ((day.had, 9), (day.wished, 18)):
        for band in bands:
            _band(drawing, band, top)
    for marks, top in ((day.made, 4), (day.proposed, 30)):
        for mark in marks:
            _mark(drawing, mark, top)


def _band(drawing: Element, band: Band, top: int) -> None:
    unknown = band.strength == UNKNOWN
    place = {"x": f"{band.begin:.2%}", "width": f"{band.end - band.begin:.2%}"}
    tall = {"y": str(top + 3), "height": "1"} if unknown else {"y": str(top), "height": "7"}
    SubElement(drawing, "rect", {**place, **tall, "class": "unknown" if unknown else f"s{band.strength}"})


def _mark(drawing: Element, mark: Mark, top: int) -> None:
    use = SubElement(drawing, "use", {"href": f"#{mark.fate}", "x": f"{mark.at:.2%}", "y": str(top)})
    _text(use, "title", mark.about)


def _in_words(day: Day) -> str:
    missed = sum(mark.fate == "missed" for mark in day.made)
    wrong = sum(mark.fate == "wrong" for mark in day.proposed)
    made = f"{len(day.made)} changes of yours, {missed} missed"
    return f"{day.name}: {made}; {len(day.proposed)} of mine, {wrong} not wanted"


def _shapes(body: Element) -> None:
    """The forms that marks are drawn in, once."""
    held = SubElement(body, "svg", {"class": "shapes", "aria-hidden": "true", "width": "0", "height": "0"})
    for name, outline in SHAPES.items():
        SubElement(SubElement(held, "g", {"id": name}), "path", {"class": name, "d": outline})


def _legend(section: Element) -> None:
    _text(section, "p", BANDS)
    legend = SubElement(section, "div", {"class": "legend"})
    for title, marks in LEGEND:
        line = SubElement(legend, "p")
        _text(line, "strong", title)
        for name, meaning in marks.items():
            item = SubElement(line, "span")
            drawing = SubElement(item, "svg", {"viewBox": "-5 -5 10 10", "aria-hidden": "true"})
            SubElement(drawing, "use", {"href": f"#{name}"})
            drawing.tail = f" {meaning}"
