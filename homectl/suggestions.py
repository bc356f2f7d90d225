"""What is only suggested, and what people answer: both answers are labels that the home learns from."""

from homectl.controller import Controller
from homectl.home import STATE, ActionRefused, HoldKind, Origin, Reading, Ruling, Sample, Target, Verdict, milliseconds

STANDS = 180.0
"""Seconds of the home's time after which a suggestion that was not made again has lapsed: three minutes' decisions."""


class Suggestions:
    """The suggestions of one home under control."""

    def __init__(self, control: Controller) -> None:
        self._control = control

    def of(self, target: Target) -> Verdict | None:
        """What is suggested for a target now."""
        verdict = self._control.verdicts.get(target)
        if verdict is None or verdict.ruling is not Ruling.SUGGESTED:
            return None
        return verdict if self._control.now() - verdict.decision.at <= STANDS else None

    def words(self, target: Target) -> str:
        """The setting that is suggested for a target now; empty for none."""
        verdict = self.of(target)
        return "" if verdict is None else str(verdict.decision.setting)

    def accept(self, target: Target, by: str) -> str:
        """Do what is suggested, on a person's behalf: the command's id. ActionRefused where nothing is, or may be."""
        setting = self._standing(target).decision.setting
        assert setting is not None
        command = self._control.ask(target, setting, by)
        self._control.verdicts.pop(target, None)
        return command

    def reject(self, target: Target, by: str) -> str:
        """A person says that it is right as it is, and it is held as after a change by hand: until when, in a sentence.

        ActionRefused where nothing is suggested.
        """
        self._standing(target)
        now = self._control.present()
        sample = now.history.sample(target.device, STATE[target.kind], now.at)
        if sample is not None and sample.value == sample.value:
            self._control.note(_as_it_is(target, sample, now.at))
        self._control.verdicts.pop(target, None)
        return self._control.orders.hold(target, HoldKind.MINUTES, None, by, now)

    def _standing(self, target: Target) -> Verdict:
        verdict = self.of(target)
        if verdict is None:
            raise ActionRefused("suggestions", "nothing is suggested for it now")
        return verdict


def _as_it_is(target: Target, sample: Sample, at: float) -> list[Reading]:
    """A person's word on a state. Of one that was a person's already a device's own repeat would look the same.

    So nobody's word comes between, each in a millisecond of its own: a journal keeps one of a signal for each.
    """
    makers = [Origin.UNKNOWN, Origin.PERSON] if sample.origin is Origin.PERSON else [Origin.PERSON]
    return [
        Reading(
            device=target.device,
            quantity=STATE[target.kind],
            value=sample.value,
            at=milliseconds(at + 0.001 * number),
            origin=origin,
            live=False,
        )
        for number, origin in enumerate(makers, 1)
    ]
