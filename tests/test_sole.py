"""Of two daemons that meet on a broker exactly one has the home, whatever is retained and however the wire behaves."""

from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.bridge.messages import Message
from homectl.sole import Instance, Sole, State, read

STATUS = "homectl/small/status"


class Post:
    """A broker in memory: it keeps what is retained, hands everything on in order, and says last wills."""

    def __init__(self) -> None:
        self.kept: dict[str, Message] = {}
        self.houses: list[House] = []
        self._waiting: deque[tuple[House, Message]] = deque()

    def publish(self, message: Message) -> None:
        if message.retain:
            self.kept[message.topic] = message
        for house in self.houses:
            if house.linked and message.topic in house.topics:
                self._waiting.append((house, Message(message.topic, message.payload)))

    def give_retained(self, house: "House", topic: str) -> None:
        if topic in self.kept:
            self._waiting.append((house, self.kept[topic]))

    def deliver(self) -> None:
        while self._waiting:
            house, message = self._waiting.popleft()
            if house.linked:
                house.sole.hear([message])


@dataclass
class House:
    """A daemon on its own host: its way to the broker, its timers, and what it was told."""

    post: Post
    own: Instance
    linked: bool = False
    topics: set[str] = field(default_factory=set)
    timers: list[Callable[[], None]] = field(default_factory=list)
    told: list[bool] = field(default_factory=list)
    heard: list[Message] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.post.houses.append(self)
        self.sole = Sole("small", self.own, self, later=lambda _, act: self.timers.append(act), leave=self.leave)
        self.sole.serve(self)

    @property
    def runs(self) -> bool:
        """Whether it may command devices."""
        return bool(self.told) and self.told[-1]

    def publish(self, message: Message, *, expiry: int | None = None) -> bool:
        if self.linked:
            self.post.publish(message)
        return self.linked

    def subscribe(self, topics: Collection[str]) -> None:
        new = set(topics) - self.topics
        self.topics = set(topics)
        for topic in sorted(new):
            self.post.give_retained(self, topic)

    def connected(self, up: bool) -> None:
        self.told.append(up)

    def hear(self, messages: Iterable[Message]) -> None:
        self.heard += messages

    def link(self) -> None:
        if not self.linked and not self.left:
            self.linked = True
            self.topics = set()
            self.sole.connected(True)

    def cut(self) -> None:
        """The link is lost; the broker says the last will."""
        if self.linked:
            self.linked = False
            self.post.publish(self.own.says("small", State.OFFLINE))
            self.sole.connected(False)

    def leave(self, reason: str) -> None:
        self.left.append(reason)
        self.linked = False
        self.post.publish(self.own.says("small", State.OFFLINE))

    def wait(self) -> None:
        """Every timer runs out."""
        due, self.timers = self.timers, []
        for act in due:
            act()


def house(post: Post, started: float, name: str = "") -> House:
    return House(post, Instance(started=started, id=name or f"i{started:g}"))


@pytest.fixture
def post() -> Post:
    return Post()


def kept_by(post: Post) -> tuple[State, Instance] | None:
    return read(post.kept[STATUS])


def test_a_home_nobody_runs_is_free_at_once(post: Post) -> None:
    here = house(post, 1.0)
    here.link()
    post.deliver()
    assert here.told == [True]
    assert here.timers == []
    assert kept_by(post) == (State.ONLINE, here.own)


@pytest.mark.parametrize("younger", [2.0, 0.5], ids=["a later clock", "a clock that is wrong"])
def test_one_that_comes_later_leaves_whatever_its_clock_says(post: Post, younger: float) -> None:
    elder, other = house(post, 1.0), house(post, younger)
    elder.link()
    post.deliver()
    other.link()
    post.deliver()
    assert elder.runs
    assert other.told == []
    assert len(other.left) == 1
    assert other.left[0].startswith("Another homectl runs the home small on this broker (instance i1, since 1970-01-01")
    assert "\n" not in other.left[0]
    assert kept_by(post) == (State.ONLINE, elder.own)


def test_of_two_that_come_at_once_the_younger_leaves(post: Post) -> None:
    two = [house(post, 2.0), house(post, 1.0)]
    for one in two:
        one.link()
    post.deliver()
    assert [one.runs for one in two] == [False, True]
    assert [len(one.left) for one in two] == [1, 0]


def test_the_status_of_one_that_is_gone_does_not_keep_a_home_from_starting(post: Post) -> None:
    post.publish(Instance(started=0.5, id="gone").says("small", State.OFFLINE))
    here = house(post, 1.0)
    here.link()
    post.deliver()
    assert here.runs


def test_one_that_is_said_to_be_online_and_does_not_answer_is_gone(post: Post) -> None:
    post.publish(Instance(started=0.5, id="gone").says("small", State.ONLINE))
    here = house(post, 1.0)
    here.link()
    post.deliver()
    assert (here.told, len(here.timers)) == ([], 1)
    here.wait()
    assert here.runs
    post.publish(Instance(started=0.5, id="gone").says("small", State.OFFLINE))  # the broker notices at last
    post.deliver()
    assert kept_by(post) == (State.ONLINE, here.own)


def test_a_loss_of_the_wire_gives_the_home_to_nobody_else(post: Post) -> None:
    here = house(post, 1.0)
    here.link()
    post.deliver()
    here.cut()
    here.link()
    post.deliver()
    assert here.told == [True, False, True]
    assert kept_by(post) == (State.ONLINE, here.own)


def test_of_two_that_both_have_it_after_a_split_the_elder_keeps_it(post: Post) -> None:
    elder, younger = house(post, 1.0), house(post, 2.0)
    elder.link()
    post.deliver()
    elder.cut()
    younger.link()
    post.deliver()
    assert younger.runs
    elder.link()
    post.deliver()
    assert (elder.runs, younger.runs, len(younger.left)) == (True, False, 1)


def test_nothing_is_sent_and_nothing_heard_before_the_home_is_ours(post: Post) -> None:
    here = house(post, 1.0)
    post.publish(Instance(started=0.5, id="other").says("small", State.ONLINE))
    here.link()
    post.deliver()
    assert not here.sole.publish(Message("zigbee2mqtt/lamp/set", b"{}"))
    here.wait()
    assert here.sole.publish(Message("zigbee2mqtt/lamp/set", b"{}"))
    here.sole.subscribe(["zigbee2mqtt/lamp"])
    post.publish(Message("zigbee2mqtt/lamp", b"{}"))
    post.deliver()
    assert [message.topic for message in here.heard] == ["zigbee2mqtt/lamp"]


@pytest.mark.parametrize("nonsense", [b"", b"online", b"[]", b'{"state": "online"}', b'{"state":1,"started":"x"}'])
def test_nonsense_on_the_status_is_left_alone(post: Post, nonsense: bytes) -> None:
    post.publish(Message(STATUS, nonsense, retain=True))
    here = house(post, 1.0)
    here.link()
    post.publish(Message(STATUS, nonsense))
    post.deliver()
    assert here.runs


ACTS = st.lists(st.tuples(st.sampled_from(["link", "cut", "wait", "deliver"]), st.integers(0, 2)), max_size=40)


@settings(max_examples=200)
@given(ACTS)
def test_once_it_is_quiet_exactly_one_of_those_that_are_there_runs_the_home(acts: list[tuple[str, int]]) -> None:
    post = Post()
    three = [house(post, float(n)) for n in range(3)]
    for act, number in acts:
        if act == "deliver":
            post.deliver()
        else:
            getattr(three[number], act)()
    for one in three:
        one.link()
    for _ in range(3):
        post.deliver()
        for one in three:
            one.wait()
    post.deliver()
    assert sum(one.runs for one in three) == 1
    (runs,) = [one for one in three if one.runs]
    assert kept_by(post) == (State.ONLINE, runs.own)
