"""``overtake cite``, ``identify``, ``verify``, ``crate`` and ``figures``: where it comes from."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from overtake.cli import AsJson, Memory, Timeout, limits, out, progress, write_json
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.publishing import publication, published
from overtake.runs import runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from overtake.publishing.verification.numbers import RepeatedNumber
    from overtake.publishing.verification.proof import Deviation, FileDifference, Verification

app = typer.Typer()
figures = typer.Typer(help="The addresses of figures that were given out.", no_args_is_help=True)

FormatName = Literal["bibtex", "ris", "csl-json", "apa", "chicago"]
"""The formats of a citation; like most of publishing, what writes them is loaded when asked for."""
_SHOWN_NUMBERS = 5
_SHOWN_SAYINGS = 20


@app.command()
def cite(
    id: Annotated[
        str,
        typer.Argument(
            help="book; a chapter, table or figure by its id; a number by CHAPTER/NAME, or by "
            "CHAPTER/PATH as its card leads to it."
        ),
    ],
    format: Annotated[FormatName, typer.Option("--format", "-f", help="What to write.")] = "apa",
) -> None:
    """Write a citation of the book, a chapter, a table, a figure or a number."""
    from overtake.publishing.citations import formats
    from overtake.publishing.citations.catalogue import Catalogue

    project = Project.find()
    book = publication.read(project)
    cited = Catalogue.of_published(project, book).find(id)
    if id not in {cited.id, cited.stem}:
        typer.echo(f"{id} was renamed; this cites what it is now: {cited.id}", err=True)
    typer.echo(formats.FORMATS[format].write(formats.item(cited, book, project)), nl=False)


@app.command()
def identify(
    file: Annotated[Path, typer.Argument(help="A picture, of any kind.", show_default=False)],
    *,
    as_json: AsJson = False,
) -> None:
    """Say which figure a picture is, how to cite it, and whether it shows what a run drew.

    It goes by the stamp in the file, else by its pixels, else by its looks, which prove nothing.
    It ends with 0 only if the picture draws what was stamped or what a picture at hand draws.
    """
    from overtake.publishing.recognition import identifying

    with progress.of_share("hashing the figures, once for all pictures to come") as tell:
        found = identifying.of_file(file, tell)
    if as_json:
        # A stranger's file: in ASCII.
        typer.echo(json.dumps(found.plain(), indent=1))
    else:
        for label, text in found.lines():
            # What could act on the terminal is spelled out.
            safe = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
            out.print(f"{label + ':':<12}{safe}")
    if not found.is_as_published:
        raise typer.Exit(1)


@figures.command()
def freeze() -> None:
    """Add the book's figures to those whose addresses must keep working."""
    project = Project.find()
    found = {name: runs.find(project, runs.plan(project, name)) for name in project.chapter_names()}
    if missing := [chapter for chapter, run in found.items() if run is None]:
        raise PublicationError(f"no run yet of {', '.join(missing)}: `make book` makes it")
    current = {name for run in found.values() if run for name in run.figures}
    new = published.read(project).freeze(current)
    told = f"{len(new)} new; git keeps {project.figures / published.IDS_NAME}"
    out.print(*new, told, sep="\n")


@app.command()
def verify(
    id: Annotated[
        str,
        typer.Argument(
            help="book; a chapter, figure, number, run or citation key; or a .bib, .zip or "
            "picture file."
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

    Of a crate, all else is compared too: every file with its hash and with the run's
    record, and what it says with what this checkout would pack. Of a number (CHAPTER/NAME,
    or CHAPTER/PATH), only the sections that it rests on are repeated, and its value and
    interval are compared.

    Ends with 0 if it was reproduced, to the byte or within --tolerance; 1 if it
    was not, or a record, picture or crate is damaged, or a crate says otherwise
    than this book; 2 if the id names nothing; 3 to 6 and 130 as `overtake run`;
    7 if the run was made from other code, data or another environment than are
    here, or no record of it is at hand: the message says what differs and how
    to get it. Its last lines say what was not checked.
    """
    from overtake.publishing.citations.catalogue import Catalogue
    from overtake.publishing.verification import numbers, outcomes, proof, subject

    project = Project.find()
    catalogue = Catalogue.of_published(project, publication.read(project))
    if number := numbers.named(catalogue, id):
        repeated = numbers.verify(catalogue, number, tolerance, limits(timeout, memory))
        if as_json:
            write_json(_plain_number(repeated))
        else:
            _print_number(repeated, tolerance)
        if not repeated.holds:
            raise typer.Exit(1)
        return
    with subject.named(project, publication.read(project), id) as subjects:
        done = proof.verify(project, subjects, tolerance, limits(timeout, memory))
    outcomes.remember(project, done)
    if as_json:
        write_json([_plain(verification) for verification in done])
    else:
        for verification in done:
            _print(verification, tolerance)
        for unchecked in dict.fromkeys(each for v in done for each in v.unchecked):
            out.print(f"not checked: {unchecked}")
    if not all(verification.holds for verification in done):
        raise typer.Exit(1)


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
    from overtake.publishing.citations import edition
    from overtake.publishing.verification import subject

    project = Project.find()
    published = publication.read(project)
    target = output or Path(f"{id}.crate.zip")
    if not target.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {target.absolute().parent}")
    with subject.named(project, published, id) as (first, *others):
        if others:
            raise typer.BadParameter(f"{id} has several runs; name a chapter, a figure or a run")
        said = edition.as_cited(published, project)
        content = crates.pack(project, said, first.recorded, first.figure)
    target.write_bytes(content)
    out.print(f"{first.name}: {target}")


def _print(verification: "Verification", tolerance: float) -> None:
    subject = verification.subject
    out.print(f"{subject.name}: {_said(verification, tolerance)}")
    out.print(f"  compared with {subject.recorded.place}")
    for otherwise in verification.otherwise[:_SHOWN_SAYINGS]:
        out.print(f"  says otherwise: {otherwise}")
    if (more := len(verification.otherwise) - _SHOWN_SAYINGS) > 0:
        out.print(f"  and says {more} more things otherwise; `--json` has all of them")
    for difference in verification.differences:
        _print_difference(difference)
    for damage in verification.damaged:
        out.print(f"  damaged: {damage}")
    if verification.damaged:
        out.print("  remove the run's folder, and `make book` makes it again")
    if not verification.differences:
        return
    # The cause is to be looked for elsewhere than in what has the recorded hashes.
    out.print("  code, data, parameters and uv.lock are those of the record")
    for deviation in verification.environment:
        out.print(f"  environment: {deviation}")
    if not verification.environment:
        others = ", a falsified crate or this machine" if subject.crate else " or this machine"
        out.print(
            "  every installed package is of the locked version: the cause is the chapter itself "
            f"(a clock, an unseeded draw){others}"
        )


def _print_number(repeated: "RepeatedNumber", tolerance: float) -> None:
    from overtake.publishing.numbers import told

    outcome = {
        "reproduced": "reproduced: value and interval are the same to the last digit",
        "within tolerance": f"reproduced within tolerance ({tolerance:g} of the number)",
        "not reproduced": "not reproduced",
    }[repeated.compared.outcome]
    out.print(f"number {repeated.id}: {outcome}")
    out.print(f"  {told.short(repeated.after)}")
    out.print(f"  compared with {repeated.recorded.place}")
    seconds = f"{repeated.seconds:.1f} s"
    calls = [f"{made.section}.{made.function.rpartition('.')[2]}" for made in repeated.sections]
    out.print(f"  repeated in {seconds}: {', '.join(dict.fromkeys(calls))}")
    _print_deviations(repeated.compared.deviations)
    for otherwise in repeated.compared.otherwise:
        out.print(f"    {otherwise}")
    for deviation in repeated.environment:
        out.print(f"  environment: {deviation}")
    for unchecked in repeated.unchecked:
        out.print(f"not checked: {unchecked}")


def _plain_number(repeated: "RepeatedNumber") -> dict[str, Any]:
    from overtake.publishing.numbers import told

    return {
        "number": repeated.id,
        "run": repeated.recorded.id,
        "compared_with": repeated.recorded.place,
        "outcome": repeated.compared.outcome,
        "recorded": told.plain(repeated.before.estimate),
        "repeated": told.plain(repeated.after.estimate),
        "sections": [
            {"function": made.function, "seconds": made.seconds} for made in repeated.sections
        ],
        "differences": [asdict(d) | {"relative": d.relative} for d in repeated.compared.deviations],
        "says_otherwise": list(repeated.compared.otherwise),
        "environment": list(repeated.environment),
        "not_checked": list(repeated.unchecked),
    }


def _said(verification: "Verification", tolerance: float) -> str:
    subject = verification.subject
    files = "its file is" if subject.files == 1 else f"all {subject.files} files are"
    to_the_byte = f"reproduced: {files} the same to the byte"
    near = f"reproduced within tolerance ({tolerance:g} of a number's scale)"
    return {
        "reproduced": to_the_byte,
        "within tolerance": near,
        "described otherwise": "the crate says otherwise than this book, though its run was "
        + (near if verification.differences else to_the_byte),
        "not reproduced": "not reproduced",
    }[verification.outcome]


def _print_difference(difference: "FileDifference") -> None:
    out.print(f"  {difference.file}: {difference.what}")
    _print_deviations(difference.deviations)


def _print_deviations(deviations: "Sequence[Deviation]") -> None:
    for d in deviations[:_SHOWN_NUMBERS]:
        numbers = f"{d.recorded!r} on record, {d.repeated!r} now"
        out.print(f"    {d.place}: {numbers} ({d.relative:.2g} of its scale)")
    if (more := len(deviations) - _SHOWN_NUMBERS) > 0:
        out.print(f"    and {more} more, which deviate less")


def _plain(verification: "Verification") -> dict[str, Any]:
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
        "says_otherwise": list(verification.otherwise),
        "not_checked": list(verification.unchecked),
    }
