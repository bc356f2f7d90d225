"""What the audit is told of locks: who asked for what, what became of it, and what a bolt reports by itself."""

from homectl.home import (
    Act,
    Actor,
    Cause,
    Command,
    Deed,
    Kind,
    Lock,
    LockState,
    Origin,
    Outcome,
    Quantity,
    Reading,
    Target,
    Unlock,
)

ACTS: dict[type, Act] = {Lock: Act.LOCK, Unlock: Act.UNLOCK}
RESTS: dict[float, tuple[Act, str]] = {
    LockState.LOCKED: (Act.LOCK, "reported"),
    LockState.NOT_FULLY_LOCKED: (Act.LOCK, "not fully locked"),
    LockState.UNLOCKED: (Act.UNLOCK, "reported"),
    LockState.JAMMED: (Act.JAM, "reported"),
}
"""What a bolt that rests has done. One on its way has done nothing yet."""

ON_BEHALF: dict[Cause, Actor] = {
    Cause.SAFETY: Actor.SAFETY,
    Cause.PERSON: Actor.NAMELESS,
    Cause.MODE: Actor.MODE,
    Cause.SCHEDULE: Actor.SCHEDULE,
    Cause.LEARNED: Actor.LEARNED,
    Cause.RULES: Actor.RULES,
}
BY: dict[Origin, Actor] = {Origin.PERSON: Actor.HAND, Origin.AUTOMATION: Actor.AUTOMATION}


def of_outcome(outcome: Outcome, elapsed: float) -> Deed | None:
    """What a command to a lock has come to; None for other commands."""
    command = outcome.command
    act = ACTS.get(type(command.setting))
    if act is None:
        return None
    return Deed(
        at=outcome.at,
        elapsed=elapsed,
        actor=actor_of(command),
        act=act,
        target=str(command.target),
        outcome=str(outcome.state),
        detail=outcome.detail,
    )


def of_report(reading: Reading, before: float, caused: Command | None, elapsed: float) -> Deed | None:
    """What a bolt says that it has done; None where that is nothing new, or it has only just been met."""
    if reading.quantity is not Quantity.LOCK or reading.value not in RESTS:
        return None
    act, outcome = RESTS[reading.value]
    if before != before and act is not Act.JAM:
        return None
    return Deed(
        at=reading.at,
        elapsed=elapsed,
        actor=BY.get(reading.origin, Actor.UNKNOWN) if caused is None else actor_of(caused),
        act=act,
        target=str(Target(reading.device, Kind.LOCK)),
        outcome=outcome,
        detail="" if caused is None else "later than it was asked to",
    )


def actor_of(command: Command) -> str:
    """On whose behalf: a person by name where one gave a PIN."""
    return command.person or ON_BEHALF[command.cause]
