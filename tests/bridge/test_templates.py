"""The template subset says what Jinja says, refuses everything else, and nothing in it can grow, hang or reach out."""

import contextlib
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.bridge.dialects.operations import UNDEFINED
from homectl.bridge.dialects.templates import template
from homectl.home import MessageError

SAID = {
    "state": "ON",
    "n": 21.46,
    "text": "19.5",
    "nothing": None,
    "off": False,
    "deep": {"a": [{"b": 7}]},
    "two words": 1,
    "big": 10**300,
}


def said(source: str, value: str = "") -> Any:
    return template(source).value({"value": value, "value_json": SAID})


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("{{ value }}", "raw"),
        ("{{value|upper}}", "RAW"),
        ("{{ value_json.state }}", "ON"),
        ("{{ value_json['state'] }}", "ON"),
        ('{{ value_json["two words"] }}', 1),
        ("{{ value_json.deep.a[0].b }}", 7),
        ("{{ value_json.deep['a'][0]['b'] + 1 }}", 8),
        ("{{ value_json.get('state') }}", "ON"),
        ("{{ value_json.get('absent', 5) }}", 5),
        ("{{ value_json.n | round(1) }}", 21.5),
        ("{{ value_json.n | round }}", 21.0),
        ("{{ value_json.text | float }}", 19.5),
        ("{{ value_json.text | float | int }}", 19),
        ("{{ 'x' | int(3) }}", 3),
        ("{{ value_json.absent | default('none') }}", "none"),
        ("{{ value_json.nothing | default(4, true) }}", 4),
        ("{{ 'on' if value_json.off else 'off' }}", "off"),
        ("{{ 'ON' if value_json.state == 'ON' and value_json.n > 20 else 'OFF' }}", "ON"),
        ("{{ 1 + 2 * 3 - 4 / 2 }}", 5.0),
        ("{{ (1 + 2) * 3 }}", 9),
        ("{{ 10 - 2 - 3 }}", 5),
        ("{{ 7 % 4 }}", 3),
        ("{{ -5 | abs }}", 5.0),
        ("{{ not 1 == 2 }}", True),
        ("{{ not not value_json.off }}", False),
        ("{{ 1 not in [1, 2] or 3 }}", 3),
        ("{{ 'state' in value_json }}", True),
        ("{{ 'N' in value_json.state }}", True),
        ("{{ value_json.absent is defined }}", False),
        ("{{ value_json.nothing is none }}", True),
        ("{{ value_json.state is not none }}", True),
        ("{{ {'heat': 'heating'}.get(value_json.state, 'idle') }}", "idle"),
        ("{{ {'ON': 1, 'OFF': 0}[value_json.state] }}", 1),
        ("{% if value_json.n > 21 %}warm{% elif value_json.n > 10 %}cool{% else %}cold{% endif %}", "warm"),
        ("{% set v = {None: None, 'ON': 'heating'} %}{{ v[value_json.state] }}", "heating"),
        ("{%- if value_json.off -%} a {%- endif -%} b", "b"),
        ("{{ value_json.n }} °C", "21.46 °C"),
        ("plain", "plain"),
    ],
)
def test_it_says_what_jinja_says(source: str, meant: Any) -> None:
    found = said(source, "raw")
    assert found == meant
    assert type(found) is type(meant)


@pytest.mark.parametrize(
    "source",
    [
        "{{ value_json.absent }}",
        "{{ value_json.absent.more }}",
        "{{ value_json.absent | is_defined }}",
        "{{ value_json.deep.a[9] }}",
        "{{ absent }}",
        "{{ value_json.state * 3 }}",
        "{{ 1 / 0 }}",
        "{% if value_json.off %}x{% endif %}",
        "",
    ],
)
def test_what_is_not_there_says_nothing(source: str) -> None:
    assert said(source) is UNDEFINED


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ value.join(['a']) }}",
        "{{ range(10**9) }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'a' ~ 'b' }}",
        "{{ value | attr('__class__') }}",
        "{{ value | map('upper') | list }}",
        "{{ states('sensor.x') }}",
        "{% for x in value %}{{ x }}{% endfor %}",
        "{% include 'x' %}",
        "{% macro a() %}{% endmacro %}",
        "{# comment #}x",
        "{% if 1 %}x",
        "{% endif %}",
        "{% else %}",
        "{{ value",
        "{{ }}",
        "{{ 1 + }}",
        "{{ 'open }}",
        "{{ (1 }}",
        "{{ [1, 2 }}",
        "{{ {'a' 1} }}",
        "{{ value value }}",
        "{{ " + "(" * 40 + "1" + ")" * 40 + " }}",
        "{{ " + "1+" * 900 + "1 }}",
        "{% if 1 %}" * 40 + "x" + "{% endif %}" * 40,
        "x" * 3000,
    ],
)
def test_everything_outside_the_subset_is_a_message_error(source: str) -> None:
    with pytest.raises(MessageError, match="template"):
        template(source)


def test_an_attribute_that_is_no_key_is_nothing() -> None:
    assert said("{{ value.__class__ }}") is UNDEFINED
    assert said("{{ self.__init__.__globals__ }}") is UNDEFINED
    assert said("{{ value_json.items }}") is UNDEFINED


@pytest.mark.parametrize(
    "source",
    [
        "{% set a = [value, value] %}" + "{% set a = [a, a] %}" * 60 + "{{ a }}",
        "{% set a = {1: value} %}" + "{% set a = {1: a, 2: a} %}" * 40 + "{{ a }}",
        "{% set a = value_json.big %}" + "{% set a = a * a %}" * 60 + "{{ a }}",
        "{{ value }}" * 180,
        "{{ " + "value|lower" + "|lower" * 150 + " }}",
        "{{" * 1000,
    ],
)
def test_nothing_grows_or_hangs(source: str) -> None:
    start = time.process_time()
    try:
        found = str(said(source, "x" * 16_000))
    except MessageError:
        found = ""
    assert len(found) < 4_000_000
    assert time.process_time() - start < 1.0


WORDS = """{{ }} {% %} if else endif set a = value value_json . [ ] ( ) | 'x' 1 2.5 == < + - * / % not in and or is
defined none { } : , default float int round get n deep"""
FRAGMENTS = st.sampled_from(WORDS.split())


@given(st.lists(FRAGMENTS, max_size=30).map(" ".join) | st.text(max_size=40), st.text(max_size=10))
def test_whatever_the_source_it_is_a_value_or_a_message_error(source: str, value: str) -> None:
    for whole in (source, "{{ " + source + " }}"):
        with contextlib.suppress(MessageError):
            compiled = template(whole)
            compiled.value({"value": value, "value_json": SAID})
            assert isinstance(compiled.text({"value": value}), str)
