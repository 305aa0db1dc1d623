"""Benchmarks to leave out are refused by name before anything runs."""

import pytest

from chapters.capability_ruler.parameters import (
    CapabilityRuler,
    list_benchmarks,
    refuse_unknown,
    split_names,
)
from overtake.chapter.parameters import resolve
from overtake.core.errors import ParameterError


@pytest.mark.parametrize(
    ("text", "names"),
    [("", ()), ("  ", ()), ("HLE", ("HLE",)), (" HLE ; WeirdML;HLE;", ("HLE", "WeirdML"))],
)
def test_names_are_split_and_given_once(text: str, names: tuple[str, ...]) -> None:
    assert split_names(text) == names


def test_known_benchmarks_are_taken() -> None:
    assert refuse_unknown("GPQA diamond; Winogrande") is None
    assert resolve(CapabilityRuler, {"left_out_benchmarks": "HLE"})["left_out_benchmarks"] == "HLE"


def test_an_unknown_benchmark_is_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match=r"'GPQA dimond'.*did you mean GPQA diamond"):
        resolve(CapabilityRuler, {"left_out_benchmarks": "HLE; GPQA dimond"})


def test_most_benchmarks_cannot_be_left_out() -> None:
    names = list_benchmarks()
    complaint = refuse_unknown(";".join(names[: len(names) // 2 + 1]))
    assert complaint is not None
    assert "no more than half" in complaint
    assert refuse_unknown(";".join(names[: len(names) // 2])) is None
