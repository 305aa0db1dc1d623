"""Whether a run can be repeated here: its code, its data and its environment must be at hand."""

from overtake.core.errors import InputsNotAtHandError, ParameterError, ProjectError
from overtake.core.paths import Project
from overtake.publishing import history
from overtake.runs import runs
from overtake.runs.explain import InputChange, input_changes
from overtake.runs.recorded import Recorded
from overtake.runs.runs import RunInputs

_PARTS = {
    "module": "code",
    "source": "code",
    "table": "data",
    "lock": "environment",
    "python": "environment",
    "parameter": "parameters",
}
_NAMES = {"source": "the chapter's notebook", "lock": "uv.lock"}


def require(project: Project, recorded: Recorded) -> RunInputs:
    """Return the inputs of a run as this checkout has them, or refuse it.

    They are those on record, with the parameters in the order in which the
    chapter declares and the notebook gets them; a record has them sorted.

    Raises
    ------
    InputsNotAtHandError
        Says which inputs differ, and which commit has them.
    """
    inputs = recorded.inputs
    try:
        here = runs.plan(project, inputs.chapter, inputs.parameters)
    except (ParameterError, ProjectError) as error:
        raise InputsNotAtHandError(
            f"run {inputs.id} can't be repeated with what is here: {error}. "
            f"{_how_to_get(project, inputs)}"
        ) from None
    if changes := input_changes(inputs, here):
        raise InputsNotAtHandError(
            f"run {inputs.id} of {inputs.chapter} was made from other inputs than are here: "
            f"{_told(changes, inputs, here)}. {_how_to_get(project, inputs)}"
        )
    return here


def _told(changes: tuple[InputChange, ...], inputs: RunInputs, here: RunInputs) -> str:
    """Name what differs, by code, data, environment and parameters."""
    parts: dict[str, list[str]] = {}
    for change in changes:
        parts.setdefault(_PARTS[change.kind], []).append(_named(change, inputs, here))
    return "; ".join(f"{part}: {', '.join(names)}" for part, names in parts.items())


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
