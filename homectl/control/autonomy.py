"""How much a policy may do by itself, per area and kind; confidence may lower it, never raise it.

Modes and schedules are a person's own orders and bound by none of it but *off*.
"""

from pydantic import BaseModel, ConfigDict, Field

from homectl.control.agreement import Agreement
from homectl.home import Autonomy, Home, Kind, Rung, Target


class AutonomySettings(BaseModel):
    """The level asked for. Without one a simulated home starts at auto and a real one at observe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Autonomy | None = Field(default=None, description="off, observe, suggest or auto, for every target")
    areas: dict[str, dict[Kind, Autonomy]] = Field(default={}, description="area → kind → level, before `level`")
    confidence: float = Field(default=0.80, ge=0.80, le=1, description="below this a policy only suggests")
    lock_confidence: float = Field(default=0.95, ge=0.95, le=1, description="the same for locks")
    proposals: int = Field(default=20, ge=10, description="answered proposals that a step up to auto has to rest on")
    take_backs: int = Field(default=3, ge=2, description="changes taken back within an hour that step down from auto")
    steps_down: bool = Field(default=True, description="whether homectl steps down by itself")

    def of(self, home: Home, rung: Rung) -> Autonomy:
        """The level that is configured."""
        chosen = self.areas.get(rung.area, {}).get(rung.kind, self.level)
        return chosen or (Autonomy.AUTO if home.simulated else Autonomy.OBSERVE)

    def enough(self, target: Target) -> float:
        """The confidence from which on a policy may act by itself."""
        return self.sure(target.kind)

    def lowered(self, level: Autonomy, target: Target, confidence: float) -> Autonomy:
        """The level left once confidence has had its say: doubt turns auto into suggest; NaN is doubt."""
        sure = confidence >= self.enough(target)
        return Autonomy.SUGGEST if level is Autonomy.AUTO and not sure else level

    def short_of_auto(self, kind: Kind, seen: Agreement) -> str:
        """What is missing for a step up to auto, given how people answered; empty for nothing.

        As many of its proposals must have been followed as a policy must be sure of to act: the same figure, measured.
        """
        if seen.answered < self.proposals:
            said = "1 proposal was" if seen.answered == 1 else f"{seen.answered} proposals were"
            return f"{said} answered, {self.proposals} are needed"
        if not seen.share >= self.sure(kind):
            return f"{seen.share:.0%} of its proposals were followed, {self.sure(kind):.0%} are needed"
        return ""

    def sure(self, kind: Kind) -> float:
        """The same for every target of a kind."""
        return self.lock_confidence if kind is Kind.LOCK else self.confidence


def rung_of(home: Home, target: Target) -> Rung:
    """Where a target stands on the ladder."""
    return Rung(home.device(target.device).area or "", target.kind)
