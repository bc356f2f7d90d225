"""How much a policy may do by itself, per area and kind; confidence may lower it, never raise it.

Modes and schedules are a person's own orders and bound by none of it but *off*.
"""

from pydantic import BaseModel, ConfigDict, Field

from homectl.home import Autonomy, Home, Kind, Target


class AutonomySettings(BaseModel):
    """The level asked for. Without one a simulated home starts at auto and a real one at observe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Autonomy | None = Field(default=None, description="off, observe, suggest or auto, for every target")
    areas: dict[str, dict[Kind, Autonomy]] = Field(default={}, description="area → kind → level, before `level`")
    confidence: float = Field(default=0.80, ge=0.80, le=1, description="below this a policy only suggests")
    lock_confidence: float = Field(default=0.95, ge=0.95, le=1, description="the same for locks")

    def of(self, home: Home, target: Target) -> Autonomy:
        """The level that applies to a target."""
        area = home.device(target.device).area or ""
        chosen = self.areas.get(area, {}).get(target.kind, self.level)
        return chosen or (Autonomy.AUTO if home.simulated else Autonomy.OBSERVE)

    def enough(self, target: Target) -> float:
        """The confidence from which on a policy may act by itself."""
        return self.lock_confidence if target.kind is Kind.LOCK else self.confidence

    def allowed(self, home: Home, target: Target, confidence: float) -> Autonomy:
        """The level left once confidence has had its say: doubt turns auto into suggest; NaN is doubt."""
        level = self.of(home, target)
        sure = confidence >= self.enough(target)
        return Autonomy.SUGGEST if level is Autonomy.AUTO and not sure else level
