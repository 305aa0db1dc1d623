"""Whether a run can be made again with what this checkout has, and if not, which commit has it."""

from overtake.core.errors import InputsNotAtHandError, ParameterError, ProjectError
from overtake.core.paths import Project
from overtake.publishing import history
from overtake.runs import runs
from overtake.runs.explain import InputChange, input_changes
from overtake.runs.recorded import Recorded, RunInputs

_PARTS = {"module": "code", "source": "code", "table": "data", "lock": "environment",
          "python": "environment", "parameter": "parameters"}  # fmt: skip
_NAMES = {"source": "the chapter's notebook", "lock": "uv.lock"}


def require_inputs(project: Project, recorded: Recorded) -> RunInputs:
    """Return the inputs of a run as this checkout has them; say which differ, and who has them.

    The parameters are in the order in which the chapter declares and the notebook
    gets them; a record has them sorted.
    """
    inputs = recorded.inputs
    try:
        here = runs.plan(project, inputs.chapter, inputs.parameters)
    except (ParameterError, ProjectError) as error:
        raise InputsNotAtHandError(
            f"run {inputs.id} can't be repeated with what is here: {error}. "
            f"{_how_to_get(project, inputs)}"
        ) from None
    parts: dict[str, list[str]] = {}
    for change in input_changes(inputs, here):
        parts.setdefault(_PARTS[change.kind], []).append(_named(change, inputs, here))
    if parts:
        told = "; ".join(f"{part}: {', '.join(names)}" for part, names in parts.items())
        raise InputsNotAtHandError(
            f"run {inputs.id} of {inputs.chapter} was made from other inputs than are here: "
            f"{told}. {_how_to_get(project, inputs)}"
        )
    return here


def _named(change: InputChange, inputs: RunInputs, here: RunInputs) -> str:
    if change.kind == "python":
        return f"Python {inputs.python}, here {here.python}"
    if change.kind == "parameter":
        return f"{change.name} = {change.before!r}, here {change.after!r}"
    name = _NAMES.get(change.kind, f"{change.kind} {change.name}")
    if change.after is None:
        return f"{name}, which is no input here"
    return name if change.before is not None else f"{name}, which was no input then"


def _how_to_get(project: Project, inputs: RunInputs) -> str:
    """Name the commit to check out."""
    if history.head(project) is None:
        return "This is no git repository, so no earlier state can be looked for"
    commit = history.commit_with(project, inputs)
    if commit is None:
        return (
            "No commit of this repository has them: they were never committed, or are in "
            "a commit that was not fetched (`git fetch --all --tags`)"
        )
    return (
        f"Commit {commit.short} of {commit.day} has them: `git checkout {commit.short}`, then "
        f"`make environment PYTHON=python{inputs.python}` and the same command again; the store "
        "of runs stays as it is"
    )
