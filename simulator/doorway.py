"""What people do with the front door and its lock."""

from collections.abc import Callable

from homectl.home import Kind, LockState
from simulator.scene import Scene


class Doorway:
    """Everybody's hands at the front door of one home."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.door, self.bolt = scene.fittings.door, scene.fittings.bolt
        self._closes = 0.0  # when the door that stands open will be closed
        self._asked: Callable[[], float] = lambda: 0.0  # the wish to lock of whoever came through last

    def use(self, seconds: float, through: Callable[[], None], lock: Callable[[], float]) -> None:
        """Unlock if need be, open, go through, and close after so many seconds.

        `lock` gives the chance that the last one through locks behind themselves; it is asked when the door is closed.
        """
        scene, bolt = self.scene, self.bolt
        if self.door.open:
            self._hold(seconds, lock)
            through()
        elif bolt.state is LockState.LOCKING:
            scene.agenda.after(3.0, lambda: self.use(seconds, through, lock))
        elif bolt.state is not LockState.UNLOCKED:
            self.turn(False)
            scene.agenda.after(scene.rng.uniform(1.5, 3), lambda: self.use(seconds, through, lock))
        else:
            self.door.swing(True)
            self._hold(seconds, lock)
            scene.agenda.after(1.0, through)
            scene.agenda.plan(self._closes, self._close)

    def to_bed(self) -> None:
        """The last one up looks after the lock."""
        if not self.bolt.locked and not self.door.open and self.scene.chance(self.scene.taste.lock_night):
            self.turn(True)

    def turn(self, locked: bool) -> None:
        """A person's hand at the thumb-turn or the key; a door that stands open is not locked."""
        wanted = LockState.LOCKED if locked else LockState.UNLOCKED
        if self.bolt.state is not wanted and not (locked and self.door.open):
            self.scene.by_hand(self.bolt, Kind.LOCK)
            self.bolt.turn(locked)

    def key_in(self, locked: bool) -> None:
        """A person's code at the keypad; the motor does the rest, and may jam."""
        if self.bolt.state is not (LockState.LOCKED if locked else LockState.UNLOCKED):
            self.scene.by_hand(self.bolt, Kind.LOCK)
            self.bolt.key_in(locked)

    def _hold(self, seconds: float, lock: Callable[[], float]) -> None:
        self._closes = max(self._closes, self.scene.agenda.now + seconds)
        self._asked = lock

    def _close(self) -> None:
        scene = self.scene
        if scene.agenda.now < self._closes - 0.01:
            scene.agenda.plan(self._closes, self._close)
            return
        self.door.swing(False)
        if scene.chance(self._asked()):
            scene.agenda.after(scene.rng.uniform(2, 6), self._lock_behind)

    def _lock_behind(self) -> None:
        if not self.door.open:
            self.turn(True)
