"""PINs as people type them: never on the command line, where other programs could read them."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import SecretStr


def ask_pin(from_stdin: bool, prompt: str = "PIN: ") -> "SecretStr":
    """A PIN from the terminal, unseen, or the first line of standard input; UsageError where there is neither."""
    import getpass

    from pydantic import SecretStr

    from homectl.home import UsageError

    if from_stdin:
        return SecretStr(sys.stdin.readline().strip())
    if not sys.stdin.isatty():
        raise UsageError("expected a terminal to ask for the PIN on; a program gives it with --pin-stdin")
    return SecretStr(getpass.getpass(prompt).strip())


def new_pin(from_stdin: bool) -> "SecretStr":
    """A PIN that may be used from now on, typed twice on a terminal; UsageError where it is not worth having."""
    from homectl.home import UsageError
    from homectl.people import objection

    pin = ask_pin(from_stdin, "New PIN: ")
    if said := objection(pin):
        raise UsageError(said)
    if not from_stdin and ask_pin(False, "The same again: ") != pin:
        raise UsageError("expected the same PIN twice, got two; say it again")
    return pin
