"""Plain data into attrs classes, strictly."""

import enum
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

import attrs
import pytest

from uuutd import strict
from uuutd.errors import Invalid


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@attrs.frozen(kw_only=True)
class Inner:
    size: int
    ratio: float = 1.0


@attrs.frozen(kw_only=True)
class Outer:
    name: str
    on: bool = False
    kind: Literal["a", "b", 1] = "a"
    colour: Colour | None = None
    inners: tuple[Inner, ...] = ()
    texts: Mapping[str, str] = attrs.field(factory=dict)
    when: datetime | None = None


def structure(value, **kwargs):
    return strict.structure(value, Outer, strict.converter(**kwargs), what="It")


def places(value, **kwargs):
    with pytest.raises(Invalid) as caught:
        structure(value, **kwargs)
    return {problem.path: problem.detail for problem in caught.value.problems}


def test_what_fits_is_taken():
    made = structure(
        {
            "name": "n",
            "on": True,
            "kind": 1,
            "colour": "blue",
            "inners": [{"size": 3, "ratio": 2}],
            "texts": {"k": "v"},
        }
    )
    assert made == Outer(
        name="n", on=True, kind=1, colour=Colour.BLUE, inners=(Inner(size=3, ratio=2.0),),
        texts={"k": "v"},
    )  # fmt: skip
    assert isinstance(made.inners[0].ratio, float)


@pytest.mark.parametrize(
    ("value", "path", "detail"),
    [
        ({"name": 7}, "name", "expected a text, got a number"),
        ({"name": None}, "name", "expected a text, got null"),
        ({"name": "n", "on": 1}, "on", "expected true or false, got a number"),
        ({"name": "n", "on": "yes"}, "on", "expected true or false, got a text"),
        ({"name": "n", "kind": "c"}, "kind", "expected one of a, b, 1"),
        ({"name": "n", "kind": True}, "kind", "expected one of a, b, 1"),
        ({"name": "n", "colour": "RED"}, "colour", "expected one of red, blue"),
        ({"name": "n", "inners": "abc"}, "inners", "expected a list, got a text"),
        ({"name": "n", "inners": {"a": 1}}, "inners", "expected a list, got an object"),
        ({"name": "n", "inners": [3]}, "inners[0]", "expected an object, got a number"),
        (
            {"name": "n", "inners": [{"size": 1}, {"size": True}]},
            "inners[1].size",
            "expected a whole number, got a boolean",
        ),
        (
            {"name": "n", "inners": [{"size": 1, "ratio": "2"}]},
            "inners[0].ratio",
            "expected a number, got a text",
        ),
        ({"name": "n", "texts": {"k": 1}}, "texts.k", "expected a text, got a number"),
        ({"name": "n", "texts": []}, "texts", "expected an object, got a list"),
        ({"name": "n", "nmae": "n"}, "nmae", "there is no such field"),
        ({"on": True}, "name", "this field is required"),
        ([], "", "expected an object, got a list"),
    ],
)
def test_what_does_not_fit_is_named(value, path, detail):
    assert places(value) == {path: detail}


def test_everything_is_said_at_once():
    found = places({"on": 1, "inners": [{}, {"size": 1.5, "x": 0}], "y": 0})
    assert set(found) == {"name", "on", "inners[0].size", "inners[1].size", "inners[1].x", "y"}


def test_integers_have_a_range():
    value = {"name": "n", "inners": [{"size": 2**63}]}
    assert "inners[0].size" in places(value)
    value = {"name": "n", "inners": [{"size": 100}]}
    assert structure(value).inners[0].size == 100
    assert places(value, integers=range(100)) == {
        "inners[0].size": "expected a whole number from 0 to 99"
    }


def test_odd_names_cannot_break_the_answer():
    found = places({"name": "n", "\ud800" + "x" * 500: 1, "texts": {"\ud800": "v"}})
    assert len(found) == 2
    for path in found:
        assert path.encode()
        assert len(path) < 100


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "a\udfff"])
def test_texts_that_no_database_keeps(text):
    assert set(places({"name": text})) == {"name"}


@pytest.mark.parametrize(
    "text",
    ["2027-01-31T12:00:00Z", "2027-01-31T13:30:00+01:30", "2027-01-31 12:00:00.000+00:00"],
)
def test_a_time_is_read_as_utc(text):
    made = structure({"name": "n", "when": text}).when
    assert (made, made.tzinfo) == (datetime(2027, 1, 31, 12, tzinfo=UTC), UTC)


@pytest.mark.parametrize(
    "value",
    [
        *("", "tomorrow", "2027-02-30T12:00:00Z", "2027-01-31T25:00:00Z", "2027-01-31T12:00:00Z "),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1" * 100_000, "12:00Z"),
        *(1_800_000_000, 1.5, True, [], {}, "2027-01-31T12:00:00Z\0", "2027-01-31T12:00:00\ud800"),
    ],
    ids=lambda value: str(ascii(value))[:30],
)
def test_what_is_no_time_is_refused(value):
    assert list(places({"name": "n", "when": value})) == ["when"]


@pytest.mark.parametrize("text", ["2027-01-31T12:00:00", "2027-01-31"])
def test_a_time_without_an_offset_is_refused_in_words(text):
    assert "needs its offset" in places({"name": "n", "when": text})["when"]
