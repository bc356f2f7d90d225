"""The numbers of the safety envelope. They may be narrowed in limits.yaml, never widened past the hard stops."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from homectl.home import AgeLimits, HoldKind, Kind


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SetpointLimits(_Declared):
    """Heating setpoints, °C and seconds."""

    coolest: float = Field(default=7.0, ge=7, le=30, description="lowest setpoint for anybody")
    warmest: float = Field(default=30.0, ge=7, le=30, description="highest setpoint for anybody")
    policy_coolest: float = Field(default=16.0, ge=16, le=26, description="lowest setpoint for a policy")
    policy_warmest: float = Field(default=26.0, ge=16, le=26, description="highest setpoint for a policy")
    policy_slew: float = Field(default=1.0, gt=0, le=1, description="largest step of a policy")
    policy_every: float = Field(default=900.0, ge=900, description="seconds between two steps of a policy")
    freeze: float = Field(default=7.0, ge=7, le=15, description="a room below this is heated whatever else is wanted")
    freeze_release: float = Field(default=9.0, ge=9, le=17, description="the freeze guard lets go at this")
    stale_after: float = Field(default=6 * 3600.0, gt=0, le=6 * 3600, description="silence before the safe setpoint")
    lost_after: float = Field(
        default=1800.0, gt=0, le=1800, description="no believable temperature before heat is bounded"
    )
    hot: float = Field(default=35.0, ge=30, le=35, description="a room this warm is not heated, whoever wants it")
    hot_release: float = Field(default=33.0, ge=25, le=34, description="and not before it has cooled to this")
    safe: float = Field(default=17.0, ge=7, le=26, description="setpoint of a room whose temperature is not known")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        ordered = self.coolest <= self.policy_coolest <= self.policy_warmest <= self.warmest
        freeze, hot = self.freeze < self.freeze_release, self.hot_release < self.hot
        if not (ordered and freeze and hot and self.coolest <= self.safe <= self.warmest):
            raise ValueError(
                "expected coolest ≤ policy_coolest ≤ policy_warmest ≤ warmest around safe, freeze < freeze_release "
                "and hot_release < hot"
            )
        return self


class LightLimits(_Declared):
    """How often a lamp may change."""

    policy_every: float = Field(default=5.0, ge=5, description="seconds between two changes by a policy")
    policy_changes: int = Field(default=6, ge=1, le=6, description="changes by a policy in ten minutes")
    changes_per_second: int = Field(default=3, ge=1, le=3, description="changes by anybody; more could flash")


class LockLimits(_Declared):
    """When a bolt may be thrown, seconds."""

    auto_lock_after: float = Field(default=180.0, ge=30, le=1800, description="after the door was last closed")
    tries: int = Field(default=3, ge=1, le=3, description="bolt throws before the lock is called jammed")
    tries_every: float = Field(default=30.0, ge=30, description="seconds between two tries")


class FireLimits(_Declared):
    """What smoke and carbon monoxide stop, seconds."""

    latch: float = Field(default=1800.0, ge=1800, description="that locks and heating rest after an alarm is over")


class HoldLimits(_Declared):
    """How long a hand-made change keeps homectl's hands off, seconds.

    The spans are those of holds by the minute, and of others where they cannot be told: no schedule, no motion sensor.
    """

    light: float = Field(default=30 * 60.0, gt=0, le=24 * 3600)
    setpoint: float = Field(default=2 * 3600.0, gt=0, le=24 * 3600)
    lock: float = Field(default=10 * 60.0, gt=0, le=24 * 3600)
    light_until: HoldKind = Field(default=HoldKind.MINUTES, description="minutes, schedule, empty or resumed")
    setpoint_until: HoldKind = Field(default=HoldKind.MINUTES, description="the same for thermostats")
    lock_until: HoldKind = Field(default=HoldKind.MINUTES, description="the same for locks")
    empty_after: float = Field(default=15 * 60.0, ge=60, le=4 * 3600, description="quiet time of an empty room")
    setpoint_stands: float = Field(default=60.0, ge=0, le=600, description="before a setting by hand teaches")

    def span(self, kind: Kind) -> float:
        """Seconds of a hold by the minute."""
        return float({Kind.LIGHT: self.light, Kind.SETPOINT: self.setpoint, Kind.LOCK: self.lock}[kind])

    def sort(self, kind: Kind) -> HoldKind:
        """What kind of hold a hand-made change starts."""
        return {
            Kind.LIGHT: self.light_until,
            Kind.SETPOINT: self.setpoint_until,
            Kind.LOCK: self.lock_until,
        }[kind]


class Limits(_Declared):
    """The content of limits.yaml."""

    ages: AgeLimits = AgeLimits()
    setpoint: SetpointLimits = SetpointLimits()
    light: LightLimits = LightLimits()
    lock: LockLimits = LockLimits()
    fire: FireLimits = FireLimits()
    hold: HoldLimits = HoldLimits()
    start_up: float = Field(default=60.0, ge=60, description="seconds after start without autonomous commands")
