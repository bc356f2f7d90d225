"""Where messages wait between the thread of the wire and the event loop: bounded, and woken once per batch."""

import threading
from collections import deque
from dataclasses import dataclass

from homectl.bridge.messages import Message

INBOX_MESSAGES, INBOX_BYTES = 50_000, 64 * 1024 * 1024
"""What may wait for the event loop; beyond it the oldest is dropped and counted."""

BATCH = 500
"""Messages handed over at once, so that other work of the loop has its turn in a flood."""


@dataclass(slots=True)
class Counters:
    """What happened on the wire since start.

    Of the messages `received`, those `oversized` for their topic and those `dropped` for want of room were never handed
    over, and `failed` callbacks raised; `malformed` ones had no readable topic. `published` left, `unsent` did not.
    `links` is how often the broker accepted us.
    """

    received: int = 0
    published: int = 0
    unsent: int = 0
    oversized: int = 0
    malformed: int = 0
    dropped: int = 0
    failed: int = 0
    links: int = 0


class Inbox:
    """Messages on their way from paho's thread to the loop, bounded in number and bytes."""

    def __init__(self, messages: int = INBOX_MESSAGES, size: int = INBOX_BYTES) -> None:
        self._messages, self._size = messages, size
        self._lock = threading.Lock()
        self._waiting: deque[Message] = deque()
        self._bytes = 0
        self._woken = False

    def put(self, message: Message) -> tuple[bool, int]:
        """Whether the loop must be woken, and how many old messages made room."""
        dropped = 0
        with self._lock:
            self._waiting.append(message)
            self._bytes += len(message.payload)
            while len(self._waiting) > self._messages or self._bytes > self._size:
                self._bytes -= len(self._waiting.popleft().payload)
                dropped += 1
            wake, self._woken = not self._woken, True
        return wake, dropped

    def take(self) -> tuple[list[Message], bool]:
        """The next batch, and whether more is waiting: then the caller comes again by itself."""
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            self._bytes -= sum(len(message.payload) for message in batch)
            self._woken = bool(self._waiting)
            return batch, self._woken
