"""What co-design saves under other choices than those of the figure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

from models.core.random_draws import summarise
from models.serving import serving_conditions
from models.serving.codesign import PlainDesign, compute_whole_savings

from chapters.efficiency_through_scarcity.serving_setting import REFERENCE, ServingSetting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.arrays import FloatArray
    from models.core.estimates import Estimate
    from models.serving.roofline import Accelerator
    from models.serving.serving_conditions import Conditions

ORDER = ("central", "grouped", "smaller", "long_context", "quick", "slow", "faster_chips")
"""The choices by name, in the order in which they are told."""

GROUPED_HEADS = 8
"""Key-value heads of a dense model with grouped queries."""

LONG_CONTEXT_TOKENS = 32_000.0
_QUICKER, _SLOWER = 0.6, 2.0  # time for a token over that of the figure
_LITTLE_KNOWN, _FASTER = frozenset({"H20", "Ascend 910B", "Ascend 910C"}), 1.5
_BILLION = 1e9


@dataclass(frozen=True)
class ServingChoice:
    """The saving of all measures under one choice.

    Attributes
    ----------
    name : str
        Name of the choice.
    on_reference : float
        Times cheaper to serve on the H100.
    against : dict of str to float
        Factor saved over that on the reference chip, by chip made for or in China.
    """

    name: str
    on_reference: float
    against: dict[str, float]


@dataclass(frozen=True)
class ServingChoices:
    """The saving of all measures under every choice.

    The choices in `ORDER`: as in the figure; grouped queries, or a smaller dense model, to
    start from; long contexts; quick and slow tokens; faster chips where little is known.

    Attributes
    ----------
    named : dict of str to ServingChoice
        All of co-design, by what it starts from (grouped queries, a smaller dense model) or serves.
    grouped_against : dict of str to Estimate
        Co-design's saving over that on the H100, starting from grouped queries, times.
    smaller_billion : float
        Parameters of the smaller dense model from which co-design may start, billion.
    quick_ms, slow_ms : float
        Times for a token, ms.
    long_context_tokens : float
        Cached tokens of a long sequence.
    """

    named: dict[str, ServingChoice]
    grouped_against: dict[str, Estimate]
    smaller_billion: float
    quick_ms: float
    slow_ms: float
    long_context_tokens: float

    @property
    def against_reach(self) -> dict[str, tuple[float, float]]:
        """Co-design's saving over that on the H100, times, under all choices."""
        by_chip = {
            chip: [choice.against[chip] for choice in self.named.values()]
            for chip in self.grouped_against
        }
        return {chip: (min(over), max(over)) for chip, over in by_chip.items()}


def try_choices(setting: ServingSetting) -> ServingChoices:
    """Compute the saving of all measures under other choices, at central conditions.

    A dense model that answers as well as a sparse one is taken to have the geometric mean
    of its active and all its parameters.

    Parameters
    ----------
    setting : ServingSetting
        Chips, models and conditions.

    Raises
    ------
    ModelInputError
        If a design cannot be served in time on a chip.
    """
    model = setting.codesigned
    smaller = sqrt(model.parameters * model.active_parameters)
    grouped = replace(setting, cache_heads=GROUPED_HEADS)
    changed = _changed(setting)
    named = {name: _choice(name, choice, choice.plain) for name, choice in changed.items()}
    named["smaller"] = _choice("smaller", grouped, PlainDesign(smaller, GROUPED_HEADS))
    return ServingChoices(
        {name: named[name] for name in ORDER},
        _against_over_draws(grouped),
        smaller / _BILLION,
        changed["quick"].milliseconds_per_token,
        changed["slow"].milliseconds_per_token,
        LONG_CONTEXT_TOKENS,
    )


def _changed(setting: ServingSetting) -> dict[str, ServingSetting]:
    """Return the settings that differ from the figure's in one thing."""
    context = serving_conditions.set_context(setting.central, LONG_CONTEXT_TOKENS)
    seconds = setting.seconds_per_token
    return {
        "central": setting,
        "grouped": replace(setting, cache_heads=GROUPED_HEADS),
        "long_context": replace(setting, central=context),
        "quick": replace(setting, seconds_per_token=seconds * _QUICKER),
        "slow": replace(setting, seconds_per_token=seconds * _SLOWER),
        "faster_chips": replace(setting, chips=_with_faster_chips(setting.chips)),
    }


def _with_faster_chips(chips: Mapping[str, Accelerator]) -> dict[str, Accelerator]:
    """Let the chips of which least is known reach half as much again."""
    return {
        name: replace(
            chip,
            flop_per_s_16bit=_FASTER * chip.flop_per_s_16bit,
            flop_per_s_8bit=_FASTER * chip.flop_per_s_8bit,
        )
        if name in _LITTLE_KNOWN
        else chip
        for name, chip in chips.items()
    }


def _choice(name: str, setting: ServingSetting, plain: PlainDesign) -> ServingChoice:
    saved = _saved(setting, setting.central, plain)
    by_chip = {chip: float(factor[0]) for chip, factor in saved.items()}
    over = {chip: by_chip[chip] / by_chip[REFERENCE] for chip in setting.scarce}
    return ServingChoice(name, by_chip[REFERENCE], over)


def _against_over_draws(setting: ServingSetting) -> dict[str, Estimate]:
    saved = _saved(setting, setting.drawn, setting.plain)
    return {
        chip: summarise(saved[chip] / saved[REFERENCE], setting.level, "range", 0)
        for chip in setting.scarce
    }


def _saved(
    setting: ServingSetting, conditions: Conditions, plain: PlainDesign
) -> dict[str, FloatArray]:
    """Compute the factor that all measures save, by chip, one number for each draw."""
    saved = compute_whole_savings(
        setting.compared,
        setting.codesigned,
        conditions,
        plain,
        seconds_per_token=setting.seconds_per_token,
    )
    return {chip.name: row for chip, row in zip(setting.compared, saved, strict=True)}
