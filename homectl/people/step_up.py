"""Who is there? A person gives a PIN before anything is unlocked."""

import asyncio
import threading
from dataclasses import dataclass

from pydantic import SecretStr

from homectl.home import ActionRefused
from homectl.people.pins import Pins
from homectl.people.register import Register
from homectl.people.tries import Tries


@dataclass(frozen=True, slots=True)
class Answer:
    """What a PIN has shown. `person` is who was named, as they are written, or empty where nobody is called that."""

    person: str
    right: bool
    looked_at: bool = True  # not while somebody is locked out
    wait: float = 0.0  # seconds before another PIN is looked at


class StepUp:
    """Verifies one PIN at a time, away from the event loop."""

    def __init__(self, register: Register, tries: Tries, pins: Pins) -> None:
        self.register = register
        self._tries, self._pins = tries, pins
        self._one_at_a_time = threading.Lock()

    async def verify(self, person: str, pin: SecretStr) -> Answer:
        """Whether this is the person's PIN. A wrong name takes as long as a wrong PIN.

        ActionRefused where nobody has a PIN, HomeError where the files beside the journal cannot be used.
        """
        return await asyncio.to_thread(self._verify, person, pin)

    def _verify(self, person: str, pin: SecretStr) -> Answer:
        with self._one_at_a_time:
            if (wait := self._tries.wait(person)) > 0:
                return Answer("", right=False, looked_at=False, wait=wait)
            if not self.register.people():
                raise ActionRefused("people", "nobody has a PIN yet; on homectl's machine: homectl people add NAME")
            self._tries.begin(person)
            known = self.register.find(person)
            matches = self._pins.match(known[1] if known else None, pin)
            if not matches or known is None or self.register.find(person) != known:
                return Answer(known[0] if known else "", right=False, wait=self._tries.wait(person))
            self._tries.right(person)
            return Answer(known[0], right=True)
