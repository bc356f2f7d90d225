"""Pictures of how far a policy's sureness goes, as SVG that takes its colours from the page around it.

Drawn with matplotlib: `pip install 'homectl[evaluate]'`. The same figures give the same bytes.
"""

import io
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np

from homectl.home import UsageError
from homectl.replay.sureness import Gate, Reliability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (3.2, 2.5)
"""Inches: a picture is about as wide as a telephone, and is not scaled down there."""

INKS = {"#010101": "var(--ink)", "#020202": "var(--quiet)", "#030303": "var(--line)", "#040404": "var(--mine)"}
"""What is drawn with, and what the page has it be."""

INK, QUIET, LINE, MINE = INKS
LETTERS = re.compile(r"font: ([0-9.]+px)[^;]*")
REFERENCE = re.compile(r"#([\w-]+)")
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "homectl",
    "text.color": INK,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": LINE,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "axes.labelsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def possible() -> bool:
    """Whether there is a matplotlib to draw with; it is not loaded."""
    from importlib.util import find_spec

    return find_spec("matplotlib") is not None


def reliability(of: Reliability, name: str) -> str:
    """How often what was said came true; the area of a point is the share of the minutes behind it."""
    used = of.minutes > 0
    said, came, share = of.said[used] / of.minutes[used], of.came[used] / of.minutes[used], of.minutes[used]

    def draw(axes: "Axes") -> None:
        axes.plot((0, 1), (0, 1), color=LINE, linewidth=1, linestyle="--")
        axes.plot(said, came, color=MINE, linewidth=1.5)
        axes.scatter(said, came, s=10 + 220 * share / max(1.0, share.sum()), color=MINE)
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.05, 1.07), xlabel="how sure it was", ylabel="how often it was so")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_ticks(np.linspace(0, 1, 5), [f"{n}" for n in ("0", "25", "50", "75", "100 %")])

    return _drawn(draw, name)


def gates(found: Sequence[Gate], needed: float, name: str) -> str:
    """Of the changes it would make, how many were people's own, by how sure it has to be; `needed` is in force."""
    judged = [(gate.least, gate.precision) for gate in found if gate.precision is not None]

    def draw(axes: "Axes") -> None:
        axes.axvline(needed, color=QUIET, linewidth=1, linestyle=":")
        axes.annotate("needed now", (needed, 1.02), color=QUIET, fontsize=8.5, ha="right", va="bottom")
        axes.plot([least for least, _ in judged], [share for _, share in judged], color=MINE, marker="o", linewidth=1.5)
        axes.set(xlim=(0.47, 1.02), ylim=(-0.05, 1.12), xlabel="how sure it has to be", ylabel="as you did")
        axes.xaxis.set_ticks((0.5, 0.6, 0.7, 0.8, 0.9, 1.0), ["50", "60", "70", "80", "90", "100 %"])
        axes.yaxis.set_ticks(np.linspace(0, 1, 5), ["0", "25", "50", "75", "100 %"])

    return _drawn(draw, name)


def _drawn(draw: Callable[["Axes"], None], name: str) -> str:
    try:
        import matplotlib
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError("a page needs Matplotlib; install it with: pip install 'homectl[evaluate]'") from None
    written = io.StringIO()
    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=SIZE, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure.add_subplot())
        figure.patch.set_visible(False)
        for axes in figure.axes:
            axes.patch.set_visible(False)
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return _themed(written.getvalue(), name)


def _themed(svg: str, name: str) -> str:
    """The drawing as part of a page: ids of its own, the page's colours and letters, nothing that only a file needs."""
    for ink, variable in INKS.items():
        svg = svg.replace(ink, variable)
    root = ElementTree.fromstring(LETTERS.sub(r"font-size: \1", svg))  # noqa: S314  drawn here
    ids = {element.get("id") for element in root.iter()} & set(REFERENCE.findall(svg))
    for element in list(root.iter()):
        for child in [one for one in element if _plain(one.tag) in ("metadata", "style")]:
            element.remove(child)
        told = {_plain(key): _renamed(value, ids, name) for key, value in element.attrib.items()}
        own = told.pop("id", None)
        element.tag = _plain(element.tag)
        element.attrib.clear()
        element.attrib.update(told | ({"id": f"{name}-{own}"} if own in ids else {}))
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    return ElementTree.tostring(root, encoding="unicode")


def _renamed(value: str, ids: set[str | None], name: str) -> str:
    """An attribute with its references to ids made the drawing's own."""
    return REFERENCE.sub(lambda one: f"#{name}-{one[1]}" if one[1] in ids else one[0], value)


def _plain(name: str) -> str:
    """A tag or attribute without its namespace, which a page's SVG does not need."""
    return name.rpartition("}")[2]
