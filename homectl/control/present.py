"""What there is to look at when something is decided: the least that a person's orders need of it."""

from typing import Protocol

from homectl.control.limits import Limits
from homectl.home import History, Home


class Present(Protocol):
    """One time of one home; `at` is UTC seconds, `elapsed` the clock's monotonic ones."""

    @property
    def home(self) -> Home: ...

    @property
    def history(self) -> History: ...

    @property
    def at(self) -> float: ...

    @property
    def elapsed(self) -> float: ...

    @property
    def limits(self) -> Limits: ...
