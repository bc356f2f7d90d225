"""One home, one daemon, on whichever host: of two that meet on a broker the younger leaves.

A daemon says on `homectl/<home>/status` who it is and since when, retained, with "offline" as its last will. One that
comes asks there first: who is online answers at once, and where nobody does the place is free, whatever is retained.
"""

import json
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from homectl.bridge.messages import Message, json_payload
from homectl.home import MessageError

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Real seconds in which somebody who is said to be online must answer."""


class State(StrEnum):
    ASKING = "asking"  # is anybody there?
    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Instance:
    """One run of a daemon. The one that started first is the elder; `started` is UTC seconds by its own clock."""

    started: float
    id: str

    def says(self, home: str, state: State) -> Message:
        """What it says of itself; a question is retained by nobody."""
        payload = json.dumps({"state": state, "instance": self.id, "started": self.started}).encode()
        return Message(f"homectl/{home}/status", payload, retain=state is not State.ASKING, qos=1)


def read(message: Message) -> tuple[State, Instance] | None:
    """Who says what; None for anything else."""
    try:
        said = json_payload(message)
        if isinstance(said, dict):
            return State(said["state"]), Instance(started=float(said["started"]), id=str(said["instance"]))
    except (MessageError, KeyError, ValueError, TypeError):
        pass
    return None


class Wire(Protocol):
    def publish(self, message: Message, *, expiry: int | None = None) -> bool: ...
    def subscribe(self, topics: Collection[str]) -> None: ...


class Tenant(Protocol):
    """Whoever wants the home for itself."""

    def connected(self, up: bool) -> None: ...
    def hear(self, messages: Iterable[Message]) -> None: ...


class Sole:
    """Between the wire and a daemon: it is connected only while the home is its own.

    Everything is called on the event loop. `later` calls something after so many real seconds; `leave` is called once,
    with the reason in one line, when another daemon has the home.
    """

    def __init__(
        self,
        home: str,
        own: Instance,
        wire: Wire,
        *,
        later: Callable[[float, Callable[[], None]], object],
        leave: Callable[[str], None],
    ) -> None:
        self._home, self._own, self._wire, self._later, self._leave = home, own, wire, later, leave
        self._topic = own.says(home, State.ONLINE).topic
        self._tenant: Tenant | None = None
        self._others: tuple[str, ...] = ()
        self._up = self._in = self._settled = self._left = False
        self._attempt = 0
        self._rival: Instance | None = None

    def serve(self, tenant: Tenant) -> None:
        self._tenant = tenant

    # --- the tenant's side --------------------------------------------------------------------------

    def publish(self, message: Message, *, expiry: int | None = None) -> bool:
        return self._in and self._wire.publish(message, expiry=expiry)

    def subscribe(self, topics: Sequence[str]) -> None:
        self._others = tuple(topics)
        self._wire.subscribe([self._topic, *topics])

    # --- the wire's side ----------------------------------------------------------------------------

    def connected(self, up: bool) -> None:
        """The broker came or went. One that had the home before a loss has it still, unless an elder says otherwise."""
        self._up, self._rival = up, None
        self._attempt += 1
        if not up:
            self._let(False)
            return
        self.subscribe(self._others)
        if self._settled:
            self._move_in()
        else:
            self._say(State.ASKING)

    def hear(self, messages: Iterable[Message]) -> None:
        others: list[Message] = []
        for message in messages:
            if message.topic == self._topic:
                self._weigh(message)
            else:
                others.append(message)
        if others and self._in and self._tenant is not None:
            self._tenant.hear(others)

    def _weigh(self, message: Message) -> None:
        said = read(message)
        if said is None or self._left:
            return
        state, who = said
        if who.id == self._own.id:
            self._echoed(state)
        elif state is State.ONLINE and message.retain:
            self._rival = who
        elif state is State.ONLINE:
            self._met(who)
        elif state is State.ASKING:
            self._asked(who)
        elif self._in:
            self._say(State.ONLINE)  # the last will of one that is gone has covered ours

    def _echoed(self, state: State) -> None:
        """Our question came back, and everything that is retained before it."""
        if state is not State.ASKING or self._in:
            return
        if self._rival is None:
            self._move_in()
        else:
            log.info("another homectl is said to run this home; waiting %g s for its answer", PATIENCE)
            attempt = self._attempt
            self._later(PATIENCE, lambda: self._waited(attempt))

    def _waited(self, attempt: int) -> None:
        if attempt == self._attempt and not self._left and not self._in:
            log.warning("nobody answered; taking the home over from a homectl that is gone")
            self._move_in()

    def _asked(self, who: Instance) -> None:
        """Another one comes: who is in says so; of two that are both at the door the younger goes."""
        if self._in:
            log.warning("another homectl wants to run this home; it is told to leave")
            self._say(State.ONLINE)
        elif who < self._own:
            self._go(who)

    def _met(self, who: Instance) -> None:
        """Another one is in: that is for it alone, unless both are and it is the younger one."""
        if self._in and self._own < who:
            self._say(State.ONLINE)
        else:
            self._go(who)

    def _move_in(self) -> None:
        self._settled = True
        self._let(True)
        self._say(State.ONLINE)

    def _go(self, who: Instance) -> None:
        self._left = True
        self._let(False)
        since = datetime.fromtimestamp(who.started, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        self._leave(
            f"Another homectl runs the home {self._home} on this broker (instance {who.id[:8]}, since {since}); "
            "stop it first"
        )

    def _let(self, inside: bool) -> None:
        was, self._in = self._in, inside
        if was != inside and self._tenant is not None:
            self._tenant.connected(inside)

    def _say(self, state: State) -> None:
        self._wire.publish(self._own.says(self._home, state))
