"""What every test may ask for: a broker of the session, and a place for the figures it measures."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from homectl.bridge.broker import MosquittoBroker, WheelBroker
from tests import measured as figures
from tests.brokers import running


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--measured", type=Path, default=None, metavar="FOLDER", help="where measured figures are kept")


@pytest.fixture(scope="session", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What homectl keeps for its user is kept for the tests alone."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> figures.Measured:
    """Call it with the name of a promise and the figures measured of it: `measured("restarts", worst_seconds=1.2)`."""
    return figures.into(request.config.getoption("--measured"), request.node.nodeid.partition("[")[0])


@pytest.fixture(scope="session")
def mosquitto() -> Iterator[str]:
    """The URL of a Mosquitto of this session; what is retained there stays, so tests use topics of their own."""
    with running(MosquittoBroker) as broker:
        yield broker.url


@pytest.fixture(scope="session")
def wheel() -> Iterator[str]:
    """The URL of the wheel's broker, MQTT 5 only; what is retained there stays."""
    with running(WheelBroker) as broker:
        yield broker.url
