"""Why a chapter will or will not run again."""

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from overtake.core.errors import ReferenceToRunError
from overtake.core.paths import Project
from overtake.runs import recorded, runs
from overtake.runs.explain import InputChange, explain, input_changes
from overtake.runs.recorded import RunInputs

INPUTS = RunInputs(
    chapter="growth",
    parameters={"factor": 2.0, "label": "plain"},
    source="a" * 64,
    tables={"points": "b" * 64},
    modules={"models/scale.py": "c" * 64},
    lock="d" * 64,
    python="3.11",
)


def store(project: Project, inputs: RunInputs) -> str:
    folder = project.runs / inputs.id
    folder.mkdir(parents=True)
    recorded.write(inputs, folder)
    return inputs.id


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_nothing_stored(project: Project) -> None:
    told = explain(project, INPUTS)
    assert told.sentence == "growth will run: the store holds no run of it"
    assert (told.nearest, told.changes) == (None, ())


def test_the_same_inputs(project: Project) -> None:
    store(project, INPUTS)
    told = explain(project, INPUTS)
    assert told.sentence == f"growth will not run: run {INPUTS.id} has the same inputs"
    assert not told.will_run
    assert told.changes == ()


def test_a_run_whose_inputs_are_not_those_of_its_id_does_not_count(project: Project) -> None:
    folder = project.runs / store(project, INPUTS)
    folder.rename(folder.with_name("0123456789abcdef"))
    told = explain(project, INPUTS)
    assert told.sentence == "growth will run: the store holds no run of it"


@pytest.mark.parametrize(
    ("changed", "change"),
    [
        ({"parameters": {"factor": 3.0, "label": "plain"}}, ("parameter", "factor", 2.0, 3.0)),
        ({"tables": {"points": "e" * 64}}, ("table", "points", "b" * 64, "e" * 64)),
        ({"modules": {}}, ("module", "models/scale.py", "c" * 64, None)),
        ({"source": "e" * 64}, ("source", "source", "a" * 64, "e" * 64)),
        ({"lock": "e" * 64}, ("lock", "lock", "d" * 64, "e" * 64)),
        ({"python": "3.12"}, ("python", "python", "3.11", "3.12")),
    ],
)
def test_each_kind_of_input_is_named_from_what_to_what(
    project: Project, changed: dict[str, Any], change: tuple[Any, ...]
) -> None:
    store(project, INPUTS)
    told = explain(project, replace(INPUTS, **changed))
    assert told.will_run
    assert told.changes == (InputChange(*change),)
    assert INPUTS.id in told.sentence


def test_the_nearest_run_is_the_one_with_most_in_common(project: Project) -> None:
    other_lock = replace(INPUTS, lock="e" * 64)
    far = replace(other_lock, source="f" * 64, parameters={"factor": 9.0, "label": "x"})
    near = store(project, other_lock)
    store(project, far)
    store(project, replace(INPUTS, chapter="other"))
    told = explain(project, INPUTS)
    assert (told.nearest, told.stored) == (near, 2)
    assert "the nearest of 2 stored" in told.sentence


def test_whole_and_broken_numbers_are_not_the_same() -> None:
    after = replace(INPUTS, parameters={"factor": 2, "label": "plain"})
    assert input_changes(INPUTS, after) == (InputChange("parameter", "factor", 2.0, 2),)


def test_a_run_is_found_by_the_beginning_of_its_id(project: Project) -> None:
    first, second = store(project, INPUTS), store(project, replace(INPUTS, python="3.12"))
    (project.runs / "0000broken").mkdir()
    (project.runs / "0000broken" / "run.json").write_text("{", encoding="utf-8")
    assert runs.by_prefix(project, first[:6]).id == first
    assert runs.by_prefix(project, second).id == second
    with pytest.raises(ReferenceToRunError, match="at least 4"):
        runs.by_prefix(project, first[:3])
    with pytest.raises(ReferenceToRunError, match="no run in the store"):
        runs.by_prefix(project, "0000")


def test_a_prefix_of_two_runs_names_neither(project: Project) -> None:
    first, second = two_of_one_prefix()
    names = sorted([store(project, first), store(project, second)])
    with pytest.raises(ReferenceToRunError, match=", ".join(names)):
        runs.by_prefix(project, names[0][:4])


def two_of_one_prefix() -> tuple[RunInputs, RunInputs]:
    """Return two inputs whose ids start alike; of some 300, two do by chance."""
    seen: dict[str, RunInputs] = {}
    for factor in count():
        inputs = replace(INPUTS, parameters={"factor": float(factor), "label": "plain"})
        if other := seen.get(inputs.id[:4]):
            return other, inputs
        seen[inputs.id[:4]] = inputs
    raise AssertionError("counting ends never")
