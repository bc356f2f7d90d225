"""Brokers shared by every test of a session that asks for one."""

from collections.abc import Iterator

import pytest

from homectl.bridge.broker import MosquittoBroker, WheelBroker
from tests.brokers import running


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
