"""A person's unlock, from the PIN to the lock: whoever asks, and whatever comes of it, is in the audit."""

import logging
from collections.abc import Callable

from pydantic import SecretStr

from homectl.controller import Controller
from homectl.home import Act, ActionRefused, Actor, Deed, HomeError, JournalError, LockedOut, PinRefused, Target
from homectl.journal.audit import Audit
from homectl.people import StepUp, changes, marks, recorded

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Real seconds after which somebody at a door has stopped expecting it to open."""


class Unlocking:
    """The only way to `Controller.unlock`."""

    def __init__(self, control: Controller, audit: Audit, step_up: StepUp, real: Callable[[], float]) -> None:
        """`real` gives monotonic seconds."""
        self._control, self._audit, self._step_up, self._real = control, audit, step_up, real
        self._people = self._recorded()
        self._stamp: tuple[int, int] | None = None

    async def unlock(self, target: Target, person: str, pin: SecretStr) -> str:
        """As `Actions.unlock`."""
        asked = self._real()
        answer = await self._step_up.verify(person, pin)
        if not answer.looked_at:
            raise LockedOut(answer.wait)
        who = answer.person or Actor.SOMEBODY  # what was given as a name is kept nowhere: it could be a PIN
        if not answer.right:
            self._note(who, Act.UNLOCK, target, "wrong PIN")
            if answer.wait:
                self._note(who, Act.LOCKED_OUT, target, "done", f"for {answer.wait:.0f} s")
            raise PinRefused
        try:
            if self._real() - asked > PATIENCE:
                raise ActionRefused("in time", "the PIN took too long to look at; ask again")
            command = self._control.unlock(target, who)
        except ActionRefused as refusal:
            self._note(who, Act.UNLOCK, target, "refused", str(refusal))
            raise
        if (first := self._control.outcomes[target].command.person) != who:
            self._note(who, Act.UNLOCK, target, "asked", f"{first} had just asked for it")
        return command

    def tick(self) -> None:
        """Keep in the audit who has come to the people who may unlock, and who is no longer one of them."""
        stamp = self._step_up.register.stamp()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            now = marks(self._step_up.register.people())
        except HomeError as error:
            log.error("%s", error)
            return
        for deed in changes(self._people, now, at=self._control.now(), elapsed=self._real()):
            self._record(deed)
        self._people = now

    def _recorded(self) -> dict[str, str]:
        try:
            return recorded(deed for _, deed in self._audit.deeds())
        except JournalError as error:
            log.error("%s", error)
            return {}

    def _note(self, who: str, act: Act, target: Target, outcome: str, detail: str = "") -> None:
        at, elapsed = self._control.now(), self._real()
        self._record(
            Deed(at=at, elapsed=elapsed, actor=who, act=act, target=str(target), outcome=outcome, detail=detail)
        )

    def _record(self, deed: Deed) -> None:
        """What cannot be written now is written later: the answer to a person does not wait for it."""
        try:
            self._audit.record(deed)
        except JournalError as error:
            log.error("%s; the audit waits for it", error)
