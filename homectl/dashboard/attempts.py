"""How often somebody may try a token: few, and all is forgotten ten minutes later."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

WINDOW = 600.0
"""Seconds after which a wrong token counts no more."""

PER_ADDRESS, PER_ACCOUNT, IN_ALL = 5, 8, 10
"""Wrong tokens in a window after which none is looked at: more per account than one address has, so that nobody
keeps another from signing in by guessing."""

MOST_KNOWN = 64


@dataclass(frozen=True, slots=True)
class Try:
    at: float
    address: str
    account: str


class Attempts:
    """Counts wrong tokens of this run. Where an account was right before, others' guesses do not count against it."""

    def __init__(self, real: Callable[[], float]) -> None:
        """`real` gives monotonic seconds."""
        self._real = real
        self._wrong: deque[Try] = deque()
        self._known: deque[tuple[str, str]] = deque(maxlen=MOST_KNOWN)

    def wait(self, account: str, address: str) -> float:
        """Seconds for which a token for this account is not even looked at from this address."""
        now = self._real()
        while self._wrong and self._wrong[0].at + WINDOW <= now:
            self._wrong.popleft()
        counted = [([one.at for one in self._wrong if one.address == address], PER_ADDRESS)]
        if (account, address) not in self._known:
            counted.append(([one.at for one in self._wrong if one.account == account], PER_ACCOUNT))
            counted.append(([one.at for one in self._wrong], IN_ALL))
        return max(times[-most] + WINDOW - now if len(times) >= most else 0.0 for times, most in counted)

    def begin(self, account: str, address: str) -> Try:
        """Count a token as wrong before it is looked at."""
        one = Try(self._real(), address, account)
        self._wrong.append(one)
        return one

    def undone(self, one: Try) -> None:
        """It could not be looked at."""
        self._wrong.remove(one)

    def right(self, one: Try) -> None:
        """It was right after all."""
        self.undone(one)
        if (one.account, one.address) not in self._known:
            self._known.append((one.account, one.address))
