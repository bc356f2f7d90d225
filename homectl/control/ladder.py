"""What stands on the ladder in a running home: the steps that people set, and those taken down."""

from collections import defaultdict, deque

from homectl.home import TAKEN_BACK, Autonomy, Cause, Command, Rung, Step, Target

BURST = 3600.0
"""Seconds in which so many taken back are too many."""


class Ladder:
    """The newest step of every rung, and what people lately took back. Times are of the clock's `elapsed`."""

    def __init__(self) -> None:
        self.steps: dict[Rung, Step] = {}
        self._did: dict[Target, float] = {}
        self._taken: defaultdict[Rung, deque[float]] = defaultdict(deque)

    def level(self, rung: Rung, configured: Autonomy) -> Autonomy:
        """What is in force."""
        step = self.steps.get(rung)
        return configured if step is None or step.level is None else step.level

    def stand(self, step: Step) -> None:
        """A rung has a new level; what was taken back before counts no more."""
        self.steps[step.rung] = step
        self._taken.pop(step.rung, None)

    def issued(self, command: Command, elapsed: float) -> None:
        """A command goes out; only what policies do by themselves can be taken back."""
        if command.cause in (Cause.LEARNED, Cause.RULES):
            self._did[command.target] = elapsed
        else:
            self._did.pop(command.target, None)

    def changed_by_person(self, target: Target, rung: Rung, elapsed: float) -> int:
        """A person changed a target: how many changes of its rung were taken back within BURST, this one with them.

        0 where it takes nothing back. A command can be taken back once.
        """
        did = self._did.pop(target, None)
        if did is None or elapsed - did > TAKEN_BACK:
            return 0
        taken = self._taken[rung]
        taken.append(elapsed)
        while elapsed - taken[0] > BURST:
            taken.popleft()
        return len(taken)
