"""Values behave as frozen, slotted dataclasses do, but for what costs their time."""

from __future__ import annotations

import copy
import pickle

import pytest

from migcompat.frozen import fields, frozen, replace


@frozen
class Point:
    """A place."""

    x: int
    y: int = 0

    @property
    def far(self) -> bool:
        return self.x + self.y > 10


@frozen
class Labelled(Point):
    """A place with a name."""

    label: str = ""

    def __str__(self) -> str:
        return self.label


@frozen
class Alone:
    x: int


def test_fields_come_by_position_or_name_and_have_defaults() -> None:
    labelled = Labelled(1, label="here")
    assert (labelled.x, labelled.y, labelled.label) == (1, 0, "here")
    assert fields(labelled) == ("x", "y", "label")


@pytest.mark.parametrize("arguments", [{}, {"x": 1, "z": 2}, {"x": 1, "labels": ""}])
def test_missing_and_unknown_fields_are_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="argument"):
        Labelled(**arguments)  # type: ignore[arg-type]


def test_equal_fields_of_the_same_class_are_equal() -> None:
    assert Point(1, 2) == Point(1, 2) != Point(2, 1)
    assert len({Point(1), Point(1), Point(2), Alone(1)}) == 3


def test_the_same_fields_of_another_class_are_not_equal() -> None:
    assert Alone(1) != Point(1)
    assert Point(1) != Labelled(1)
    assert Point(1) != (1, 0)


def test_a_value_has_room_for_its_fields_alone() -> None:
    with pytest.raises(AttributeError):
        Labelled(1).z = 2  # type: ignore[attr-defined]


def test_the_class_keeps_what_it_was_written_with() -> None:
    assert Point(6, 5).far
    assert str(Labelled(1, label="here")) == "here"
    assert (Point.__doc__, Point.__name__, Point.__module__) == ("A place.", "Point", __name__)
    assert repr(Labelled(1, label="here")) == "Labelled(x=1, y=0, label='here')"


def test_a_replaced_field_leaves_the_others() -> None:
    assert replace(Labelled(1, 2, "here"), x=3) == Labelled(3, 2, "here")
    with pytest.raises(AttributeError, match="z"):
        replace(Point(1), z=2)  # type: ignore[call-arg]


@pytest.mark.parametrize("value", [Point(1, 2), Labelled(1, label="here"), Alone(1)])
def test_a_copy_is_the_same_value(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == copy.deepcopy(value) == copy.copy(value) == value


def test_patterns_match_by_position() -> None:
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)
