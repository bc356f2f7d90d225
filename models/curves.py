"""The learning curves of a training as a picture: one small panel for each task, and one for their sum."""

from pathlib import Path
from typing import TYPE_CHECKING

from homectl.home import UsageError
from models.tasks import TASKS
from models.trained import Curve, Trained

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = 4
HIGHEST = 1.3  # a first epoch may lie above; the same in all panels, so that tasks can be compared
INK, LEARNED, HELD_OUT = "#333333", "#9db4c8", "#c8502d"


def draw(trained: Trained, path: Path) -> None:
    """Write the picture; the file's ending says its format. UsageError without matplotlib."""
    try:
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import ConstrainedLayoutEngine
    except ImportError:
        raise UsageError("a picture needs Matplotlib; install it with: pip install 'homectl[evaluate]'") from None
    rows = -(-(len(TASKS) + 1) // COLUMNS)
    figure = Figure(figsize=(2.9 * COLUMNS, 2.1 * rows + 1.1), layout=ConstrainedLayoutEngine(h_pad=0.08))
    figure.suptitle("Loss by epoch; 1 is what the best constant answer loses", color=INK, fontsize=12)
    panels = list(figure.subplots(rows, COLUMNS, sharex=True, squeeze=False).flat)
    _panel(panels[0], "all tasks, weighted", Curve(trained.training, trained.validation), trained.best)
    panels[0].set_ylim(bottom=0)
    for panel, task in zip(panels[1:], TASKS, strict=False):
        panel.axhline(1.0, color=INK, linewidth=0.8, linestyle=":")
        panel.set_ylim(0, HIGHEST)
        title = task.name.replace("_", " ")
        _panel(panel, title, trained.curves.get(task.name, Curve()), trained.best)
        if task.name in trained.unlabelled:
            panel.text(0.5, 0.5, "no labels", transform=panel.transAxes, ha="center", va="center", color=INK)
    for panel in panels[len(TASKS) + 1 :]:
        panel.set_visible(False)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    figure.savefig(path, dpi=120)


def _panel(panel: "Axes", title: str, curve: Curve, best: int) -> None:
    for losses, colour, label in ((curve.training, LEARNED, "learned from"), (curve.validation, HELD_OUT, "held out")):
        panel.plot(range(1, len(losses) + 1), losses, color=colour, label=label, marker="o", markersize=2.5)
    if best:
        panel.axvline(best, color=INK, linewidth=0.8, alpha=0.4, label="kept")
    panel.set_title(title, fontsize=10, color=INK, loc="left")
    panel.spines[["top", "right"]].set_visible(False)
    panel.tick_params(labelsize=8, colors=INK)
    panel.locator_params(axis="x", integer=True)
