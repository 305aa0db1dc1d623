"""``overtake doctor``: what faults have left behind, and that it is mended."""

from typing import Annotated

import typer

from overtake.cli.console import out
from overtake.core.errors import UnmendedError
from overtake.core.paths import Project
from overtake.publishing import doctor as doctoring
from overtake.publishing.doctor import Treated

app = typer.Typer()

_MENDED = 1


@app.command()
def doctor(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what is wrong, and change nothing.")
    ] = False,
) -> None:
    """Check store, data, published ids, releases and environment, and mend what faults have left.

    Ends with 0 if all is well, 1 if something was mended (or would be, with
    --dry-run), 10 if something is left to do: the message says what. Nothing is
    deleted that might be the only copy: it is moved to _build/quarantine/.
    """
    treat = _leave if dry_run else doctoring.treat
    treated = [_told(treat(finding)) for finding in doctoring.examine(Project.find())]
    left = [each for each in treated if each.advice]
    if left:
        raise UnmendedError(f"{len(left)} of {len(treated)} findings are left to you")
    if treated:
        raise typer.Exit(_MENDED)
    out.print("nothing is wrong")


def _leave(finding: doctoring.Finding) -> Treated:
    return Treated(finding, "would be mended" if finding.mend else "", finding.advice)


def _told(treated: Treated) -> Treated:
    finding = treated.finding
    told = "; ".join(part for part in (treated.done, treated.advice) if part)
    out.print(f"{finding.place}: {finding.problem}: {told}", soft_wrap=True)
    return treated
