"""Every error homectl raises. A message says the rule, the finding and the next step, in one line.

HomeError                exit 1
  UsageError             exit 2    the command line asks for something that does not exist
  ConfigError            exit 78   a file in config/ is wrong; one line per finding
  LogError                         a recorded log cannot be read at all
  JournalError                     the journal cannot be opened, read or written, or is newer than this program
    JournalDamaged                 what lies in its file cannot be believed
  MessageError                     a device sent something its dialect does not allow
  BrokerError                      the MQTT broker cannot be started or reached
  DeviceUnknown                    no device or target by that name in the home
  AreaUnknown                      no area by that name in the home
  ActionRefused                    a person asked for something the guard does not allow
    PinRefused                     a person or a PIN is not known
      LockedOut                    too many wrong PINs: wait
  CheckpointMismatch               weights were trained for other features, tasks or shapes
"""

import math


class HomeError(Exception):
    """The root: its text is fit to be shown to a person."""

    exit_code = 1


class UsageError(HomeError):
    exit_code = 2


class ConfigError(HomeError):
    """Every finding of one file at once, each as `file:line:col: path: expected …, got …`."""

    exit_code = 78

    def __init__(self, *findings: str) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


class LogError(HomeError):
    pass


class JournalError(HomeError):
    pass


class JournalDamaged(JournalError):
    pass


class MessageError(HomeError):
    pass


class BrokerError(HomeError):
    pass


class DeviceUnknown(HomeError):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"No device {name!r} in this home. Known: {', '.join(sorted(known)) or 'none'}.")


class AreaUnknown(HomeError):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"No area {name!r} in this home. Known: {', '.join(sorted(known)) or 'none'}.")


class ActionRefused(HomeError):
    """Carries the guard's rule by name beside its sentence."""

    def __init__(self, rule: str, finding: str) -> None:
        super().__init__(f"Refused by {rule}: {finding}")
        self.rule = rule


class PinRefused(ActionRefused):
    """Says the same whichever of the two is wrong."""

    def __init__(self, rule: str = "pin", finding: str = "the person or the PIN is wrong; try again") -> None:
        super().__init__(rule, finding)


class LockedOut(PinRefused):
    """Carries how many seconds to wait."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, math.ceil(seconds))
        super().__init__("lock-out", f"too many wrong PINs; try again in {self.seconds} s, or use the key")


class CheckpointMismatch(HomeError):
    pass
