"""Looking at a live broker, for the commands that ask what is there."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterable
from typing import Any

from homectl.bridge.connection import Connection
from homectl.bridge.directory import Directory
from homectl.bridge.messages import Message
from homectl.bridge.settings import BridgeSettings
from homectl.bridge.survey import listen
from homectl.home import BrokerError


def look(
    settings: BridgeSettings,
    directory: Directory,
    *,
    extra: Iterable[str] = (),
    on_message: Callable[[Message], Any] = lambda _message: None,
) -> None:
    """Let a directory, and `on_message` for `extra` topics, hear what is retained; BrokerError where nobody answers."""
    logging.getLogger("homectl").addHandler(logging.NullHandler())  # the error below says it all

    async def hear() -> None:
        connection = Connection(settings.broker, client_id=f"homectl-look-{os.getpid()}")
        await listen(connection, directory, extra=extra, on_message=on_message)

    try:
        asyncio.run(hear())
    except BrokerError as error:
        raise BrokerError(f"{settings.broker.url}: {error}, or start one: homectl broker") from None
