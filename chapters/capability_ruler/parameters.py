"""The parameters of the chapter `capability-ruler`."""

from functools import cache
from typing import ClassVar

from overtake.chapter.parameters import JUDGEMENT, Rule, nearest, parameter
from overtake.data import tables

from chapters.shared.parameters import CommonParameters

SEPARATOR = ";"


def split_names(left_out_benchmarks: str) -> tuple[str, ...]:
    """Return the names of benchmarks that a text lists, each once."""
    names = (name.strip() for name in left_out_benchmarks.split(SEPARATOR))
    return tuple(dict.fromkeys(name for name in names if name))


def refuse_unknown(left_out_benchmarks: str) -> str | None:
    """Return a complaint on the first benchmark that the index does not have."""
    names = split_names(left_out_benchmarks)
    if not names:  # no table is read for it
        return None
    known = list_benchmarks()
    for name in names:
        if name not in known:
            return f"no benchmark {name!r} in the newest results{nearest(name, list(known))}"
    if len(names) > len(known) // 2:
        return f"no more than half of the {len(known)} benchmarks can be left out"
    return None


@cache
def list_benchmarks() -> tuple[str, ...]:
    """Return the benchmarks of the newest results, in order of name."""
    results = tables.load("index_scores")
    newest = results[results["vintage"] == results["vintage"].max()]
    return tuple(sorted(newest["benchmark"].unique()))


class CapabilityRuler(CommonParameters):
    """What the chapter assumes, and may be changed."""

    rules: ClassVar[tuple[Rule, ...]] = (refuse_unknown,)

    left_out_benchmarks: str = parameter(
        "",
        unit="",
        meaning=(
            "Benchmarks that the index is fitted without, by their names in index_scores, "
            f"divided by '{SEPARATOR}'; none by default."
        ),
        source=JUDGEMENT,
    )
    index_draws: int = parameter(
        200,
        unit="draws",
        meaning="Resamples of benchmarks and models behind the index's own error.",
        source=JUDGEMENT,
        minimum=40,
        maximum=5000,
    )
    revised_from: float = parameter(
        145.0,
        unit="points",
        meaning="Last score from which on a model counts in the revision of scores.",
        source=JUDGEMENT,
        minimum=100.0,
        maximum=155.0,
    )
    revision_days: int = parameter(
        90,
        unit="days",
        meaning="Days over which the revision of a published gap is measured.",
        source=JUDGEMENT,
        minimum=14,
        maximum=150,
    )
