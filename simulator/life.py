"""The life in a home: people follow their day, move, look up, and reach for things."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from homectl.home import Home, LockState
from simulator.days import AWAY, NIGHT, Days, Doing, Stay, day_of, midnight
from simulator.doorway import Doorway
from simulator.hands import Hands
from simulator.house import HALL, PORCH
from simulator.knobs import Knobs
from simulator.scene import Resident, Scene

STIRS = {Doing.ASLEEP: 2400.0, Doing.CALM: 150.0, Doing.BUSY: 28.0, Doing.DOOR: 15.0}
"""Mean seconds between two movements that a motion sensor could see."""

LOOKS = 420.0
"""Mean seconds between two looks at lamps and comfort."""


class Life:
    """Moves the residents through their days. Where they go never depends on devices; what they touch does."""

    def __init__(self, scene: Scene, home: Home, days: Days, seed: object) -> None:
        self.scene, self.home, self._days = scene, home, days
        self.hands, self.knobs, self.doorway = Hands(scene), Knobs(scene), Doorway(scene)
        self._forgetful = 0.0  # until then nobody locks
        self._rng = Random(f"{seed} stirs")
        self.plans: dict[str, list[Stay]] = {}  # today's, by resident
        self._plan_day()

    @property
    def people(self) -> dict[str, str]:
        return {r.member.id: r.place for r in self.scene.residents}

    def last_evening(self) -> None:
        """Leave the home as the last one up would have."""
        for valve in self.knobs.tended:
            if self.scene.chance(self.scene.taste.diligent):
                valve.setpoint = self.knobs.wanted(valve)
        self.doorway.bolt.state = LockState(self.scene.chance(self.scene.taste.lock_night))

    # --- the day's plan -----------------------------------------------------------------------------

    def _plan_day(self) -> None:
        """At three in the morning everybody's day is laid out."""
        scene, zone = self.scene, self.home.zone
        day = day_of(scene.agenda.now + 1, zone)
        scene.midnight = midnight(day, zone)
        self.plans = self._days.of(day, scene.midnight)
        for who in scene.residents:
            stays = self.plans[who.member.id]
            for stay, following in zip(stays, [*stays[1:], None], strict=True):
                until = following.at if following else scene.midnight + (24 + NIGHT) * 3600
                self._plan_stay(who, stay, until)
        scene.agenda.plan(midnight(day + timedelta(days=1), zone) + NIGHT * 3600, self._plan_day)

    def _plan_stay(self, who: Resident, stay: Stay, until: float) -> None:
        def begin() -> None:
            if who.sent_until <= self.scene.agenda.now:
                self.begin(who, stay.place, stay.doing, until)

        self.scene.agenda.plan(stay.at, begin)

    # --- moving -------------------------------------------------------------------------------------

    def begin(self, who: Resident, place: str, doing: Doing, until: float) -> None:
        """Somebody goes somewhere to do something; the front door lies on the way out and in."""
        who.until = until
        here = who.place
        if place == AWAY:
            if here != AWAY:
                who.turn += 1
                turn = who.turn
                self.doorway.use(self._door_seconds(), lambda: self._gone(who, turn), self._lock_wish)
        elif here == AWAY:
            who.turn += 1
            turn = who.turn
            self._stir_at(PORCH)
            self.doorway.use(
                self._door_seconds(), lambda: self._back(who, place, doing, turn), lambda: self.scene.taste.lock_in
            )
        else:
            self._move(who, place, doing)

    def _move(self, who: Resident, place: str, doing: Doing) -> None:
        here, who.place, who.doing = who.place, place, doing
        who.turn += 1
        if doing is Doing.ASLEEP:
            self._lie_down(who)
        self._stir_at(place)
        if here not in (place, AWAY):
            self.hands.left(here)
        self.hands.entered(who)
        self.knobs.entered(who)
        if doing is Doing.DOOR:
            self.doorway.use(
                self.scene.rng.uniform(8, 70), lambda: self._stir_at(PORCH), lambda: 0.5 * self.scene.taste.lock_in
            )
        self._live_on(who)

    def _gone(self, who: Resident, turn: int) -> None:
        if who.turn != turn:
            return
        here, who.place, who.doing = who.place, AWAY, Doing.AWAY
        self._stir_at(HALL)
        self._stir_at(PORCH)
        self.hands.left(here)
        if self.scene.all_away:
            back = min(r.until for r in self.scene.residents)
            self.hands.last_out()
            self.knobs.last_out((back - self.scene.agenda.now) / 3600)

    def _back(self, who: Resident, place: str, doing: Doing, turn: int) -> None:
        if who.turn == turn:
            self._move(who, place, doing)

    def _lie_down(self, who: Resident) -> None:
        self.hands.lay_down(who)
        if self.scene.all_asleep and (self.scene.hour > 18 or self.scene.hour < NIGHT):
            self.knobs.to_bed()
            self.doorway.to_bed()

    def _lock_wish(self) -> float:
        taste = self.scene.taste
        if self.scene.agenda.now < self._forgetful:
            return 0.0
        return taste.lock_out if self.scene.all_away else taste.lock_leaving

    def _door_seconds(self) -> float:
        rng = self._rng
        return rng.uniform(90, 300) if rng.random() < 0.03 else rng.uniform(5, 22)

    def everybody_out(self, until: float) -> None:
        """Everybody leaves now and stays away until then, and nobody thinks of the lock."""
        self._forgetful = until
        for who in self.scene.residents:
            who.sent_until = until
            self.begin(who, AWAY, Doing.AWAY, until)

    def everybody_back(self, until: float) -> None:
        """Whoever was to stay away until then follows their own day again, and thinks of the lock."""
        self._forgetful = 0.0
        for who in self.scene.residents:
            if who.sent_until == until:
                who.sent_until = self.scene.agenda.now

    # --- being there --------------------------------------------------------------------------------

    def _live_on(self, who: Resident) -> None:
        """Move and look up now and then, until the next change of place."""
        turn = who.turn
        if who.doing in STIRS:
            self._again(who, turn, STIRS[who.doing], self._stir)
        if who.settled:
            self._again(who, turn, LOOKS, self._look)

    def _again(self, who: Resident, turn: int, mean: float, act: Callable[[Resident], None]) -> None:
        def do() -> None:
            if who.turn == turn:
                act(who)
                self._again(who, turn, mean, act)

        self.scene.agenda.after(self._rng.expovariate(1 / mean), do)

    def _stir(self, who: Resident) -> None:
        self._stir_at(who.place)

    def _look(self, who: Resident) -> None:
        self.hands.looked(who)
        self.knobs.looked(who)

    def _stir_at(self, room: str) -> None:
        if sensor := self.scene.fittings.motion.get(room):
            sensor.moved()
