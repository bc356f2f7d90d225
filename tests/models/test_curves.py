"""The picture of a training shows every task, also one that nothing was learned of."""

from pathlib import Path
from xml.etree import ElementTree

from models.curves import draw
from models.network import Shape
from models.tasks import TASKS
from models.train import Recipe, train
from tests.models.problems import planted


def test_every_task_has_a_panel(tmp_path: Path) -> None:
    shape = Shape(bins=4, width=16, depth=1, head=8)
    trained = train(planted(300, 1), planted(100, 2), Recipe(epochs=2, batch=128, shape=shape))
    draw(trained, tmp_path / "curves.svg")
    text = (tmp_path / "curves.svg").read_text()
    assert ElementTree.fromstring(text).tag.endswith("svg")
    for task in TASKS:
        assert f"<!-- {task.name.replace('_', ' ')} -->" in text
    assert text.count("<!-- no labels -->") == len(trained.unlabelled) == len(TASKS) - 1
