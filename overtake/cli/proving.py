"""``overtake verify`` and ``overtake crate``: a figure proved, and packed."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from overtake.cli.console import AsJson, Memory, Timeout, limits, out
from overtake.core.paths import Project
from overtake.publishing import publication

if TYPE_CHECKING:
    from overtake.publishing.verification.comparison import FileDifference
    from overtake.publishing.verification.proof import Verification

app = typer.Typer()

_NOT_REPRODUCED = 1
_SHOWN_NUMBERS = 5


@app.command()
def verify(
    id: Annotated[
        str,
        typer.Argument(
            help="book; a chapter, figure, run or citation key; or a .bib, .zip or picture file."
        ),
    ] = "book",
    tolerance: Annotated[
        float,
        typer.Option(help="By how much numbers may deviate, as a share.", min=0.0, max=1.0),
    ] = 1e-9,
    timeout: Timeout = None,
    memory: Memory = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Repeat a run from its recorded inputs and compare data and pictures byte by byte.

    Ends with 0 if it was reproduced, to the byte or within --tolerance; 1 if it
    was not, or a record or picture is damaged; 2 if the id names nothing; 3 to
    6 and 130 as `overtake run`; 7 if the run was made from other code, data or
    another environment than are here, or no record of it is at hand: the
    message says what differs and how to get it.
    """
    from overtake.publishing.verification import outcomes, proof, subject

    project = Project.find()
    with subject.named(project, publication.read(project), id) as subjects:
        done = proof.verify(project, subjects, tolerance, limits(timeout, memory))
    outcomes.remember(project, done)
    if as_json:
        told = [_as_json(verification) for verification in done]
        typer.echo(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        for verification in done:
            _print(verification, tolerance)
    if not all(verification.holds for verification in done):
        raise typer.Exit(_NOT_REPRODUCED)


@app.command()
def crate(
    id: Annotated[str, typer.Argument(help="A chapter, a figure or a run.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write; ID.crate.zip if none is named."),
    ] = None,
) -> None:
    """Pack a run with notebook, data, code and outputs as a Process Run Crate."""
    from overtake.publishing import crates
    from overtake.publishing.verification import subject

    project = Project.find()
    published = publication.read(project)
    target = output or Path(f"{id}.crate.zip")
    if not target.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {target.absolute().parent}")
    with subject.named(project, published, id) as (first, *others):
        if others:
            raise typer.BadParameter(f"{id} has several runs; name a chapter, a figure or a run")
        content = crates.pack(project, published, first)
    target.write_bytes(content)
    out.print(f"{first.name}: {target}", soft_wrap=True)


def _print(verification: "Verification", tolerance: float) -> None:
    subject = verification.subject
    said = {
        "reproduced": f"reproduced: {_files(subject.files)} the same to the byte",
        "within tolerance": f"reproduced within tolerance ({tolerance:g} of a number's scale)",
        "not reproduced": "not reproduced",
    }[verification.outcome]
    out.print(f"{subject.name}: {said}", soft_wrap=True)
    out.print(f"  compared with {subject.recorded.place}", soft_wrap=True)
    for difference in verification.differences:
        _print_difference(difference)
    for damage in verification.damaged:
        out.print(f"  damaged: {damage}", soft_wrap=True)
    if verification.damaged:
        out.print("  remove the run's folder, and `make book` makes it again", soft_wrap=True)
    if verification.differences:
        _print_environment(verification)


def _print_difference(difference: "FileDifference") -> None:
    out.print(f"  {difference.file}: {difference.what}", soft_wrap=True)
    for d in difference.deviations[:_SHOWN_NUMBERS]:
        numbers = f"{d.recorded!r} on record, {d.repeated!r} now"
        out.print(f"    {d.place}: {numbers} ({d.relative:.2g} of its scale)", soft_wrap=True)
    if (more := len(difference.deviations) - _SHOWN_NUMBERS) > 0:
        out.print(f"    and {more} more, which deviate less", soft_wrap=True)


def _print_environment(verification: "Verification") -> None:
    """Say where the cause is to be looked for: code and data have the recorded hashes."""
    out.print("  code, data, parameters and uv.lock are those of the record", soft_wrap=True)
    for deviation in verification.environment:
        out.print(f"  environment: {deviation}", soft_wrap=True)
    if not verification.environment:
        out.print(
            "  every installed package is of the locked version: the cause is the chapter itself "
            "(a clock, an unseeded draw) or this machine",
            soft_wrap=True,
        )


def _files(count: int) -> str:
    return "its file is" if count == 1 else f"all {count} files are"


def _as_json(verification: "Verification") -> dict[str, Any]:
    recorded = verification.subject.recorded
    return {
        "run": recorded.id,
        "chapter": recorded.inputs.chapter,
        "figure": verification.subject.figure,
        "compared_with": recorded.place,
        "outcome": verification.outcome,
        "engine": verification.engine,
        "differences": [
            {
                "file": difference.file,
                "what": difference.what,
                "numbers": [asdict(d) | {"relative": d.relative} for d in difference.deviations],
            }
            for difference in verification.differences
        ],
        "damaged": list(verification.damaged),
        "environment": list(verification.environment),
    }
