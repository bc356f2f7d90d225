"""Pictures of what the suite found, drawn with matplotlib: `pip install 'homectl[evaluate]'`."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from homectl.home import UsageError
from homectl.trial.suite.stages import Json, Result

COLUMNS = 3


def draw(results: Mapping[str, Result], folder: Path) -> list[Path]:
    """Draw what there is to draw of the results; the files that were made. UsageError without matplotlib."""
    if "calibration" not in results:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "reliability.png"
    draw_reliability(results["calibration"].figures, file)
    return [file]


def draw_reliability(tasks: Mapping[str, Json], file: Path) -> None:
    """For each task how often what was said came true; the area of a point is the share of the rows behind it."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError("matplotlib is needed for --pictures; pip install 'homectl[evaluate]'") from None
    lines = -(-len(tasks) // COLUMNS)
    figure = Figure(figsize=(3.1 * COLUMNS, 3.2 * lines), layout="constrained")
    FigureCanvasAgg(figure)
    for place, (name, one) in enumerate(tasks.items()):
        axes = figure.add_subplot(lines, COLUMNS, place + 1)
        said, came, share = (np.array(one[column], dtype=np.float64) for column in ("said", "came", "share_of_rows"))
        used = share > 0
        axes.plot((0, 1), (0, 1), color="0.75", linewidth=1)
        axes.plot(said[used], came[used], color="tab:blue", linewidth=1)
        axes.scatter(said[used], came[used], s=8 + 400 * share[used], color="tab:blue", alpha=0.6)
        axes.set_title(f"{name.replace('_', ' ')}, ECE {one['ece']:.4f}", fontsize=9)
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
        axes.set_xticks(np.linspace(0, 1, 6))
        axes.set_yticks(np.linspace(0, 1, 6))
        axes.tick_params(labelsize=7)
    figure.supxlabel("said", fontsize=9)
    figure.supylabel("came true", fontsize=9)
    figure.savefig(file, dpi=130)
