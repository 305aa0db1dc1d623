"""The headline numbers under several Pythons, beside those of the first.

``make matrix`` runs it. Each Python gets a clone and the locked environment;
libraries may be of other versions there, because the lock has some for newer
Pythons only. Writes ``benchmarks/results/pythons.json`` and, from that, the
table in ``docs/reproducibility.md``.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from overtake.core.paths import ROOT_VARIABLE, Project

TOLERANCE = 1e-4
"""Most that a headline number may move, as a share of the width of its interval."""
ASKED = ("python3.11", "python3.12", "python3.13")
BEGIN, END = "<!-- pythons: begin -->\n", "<!-- pythons: end -->\n"

_LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels")
_ABOUT = (
    "import json, platform; from importlib.metadata import version; "
    f"print(json.dumps([platform.python_version(), {{n: version(n) for n in {_LIBRARIES!r}}}]))"
)
_RUN = (
    "from overtake.runs import pools, runs; "
    "from overtake.core.paths import Project; p = Project.find();"
    "pools.ensure_all(p, [runs.plan(p, name) for name in p.chapter_names()])"
)
_FIELDS = ("value", "low", "high")
_Headline = Mapping[str, Any]
_Results = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Deviation:
    """How far the results of one Python are from those of the first.

    Attributes
    ----------
    python : str
        Its version.
    libraries : dict of str to str
        Versions of the libraries that compute.
    numbers : int
        How many values and ends of intervals were compared.
    same : int
        How many of them are the same to the last digit.
    largest : float
        Largest difference, as a share of the width of the number's interval.
    where : str
        The number that it belongs to; empty if there is none.
    words : tuple of str
        Claims whose verdict is another.
    """

    python: str
    libraries: dict[str, str]
    numbers: int
    same: int
    largest: float
    where: str
    words: tuple[str, ...]

    @property
    def is_within(self) -> bool:
        """Whether no number moves further than the tolerance, and no verdict changes."""
        return self.largest <= TOLERANCE and not self.words


def main() -> None:
    """Run every chapter under each Python, and write and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pythons", nargs="*", default=ASKED, help="interpreters, the first is what the others are compared with")  # fmt: skip  # noqa: E501
    project, names = Project.find(), parser.parse_args().pythons
    found = {name: path for name in names if (path := shutil.which(name))}
    measured = [measure(project.root, Path(path)) for path in found.values()]
    (_, _, reference), *_ = measured
    rows = [compare(*about, reference, results) for *about, results in measured]
    missing = [name for name in names if name not in found]
    content = {"tolerance": TOLERANCE, "missing": missing, "rows": [asdict(row) for row in rows]}
    target = project.root / "benchmarks" / "results" / "pythons.json"
    target.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    page = project.root / "docs" / "reproducibility.md"
    page.write_text(with_table(page.read_text(encoding="utf-8"), content), encoding="utf-8")
    print(table(content))
    if missing or not all(row.is_within for row in rows):
        sys.exit(1)


def measure(source: Path, python: Path) -> tuple[str, dict[str, str], _Results]:
    """Return a Python's version, its libraries, and each chapter's results.

    Raises
    ------
    subprocess.CalledProcessError
        If the environment can't be made or a chapter fails.
    """
    with TemporaryDirectory(prefix="pythons-") as folder:
        root = Path(folder) / "book"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", source, root], check=True)
        subprocess.run(["make", "environment", f"PYTHON={python}"], cwd=root, check=True)
        version, libraries = json.loads(_call(root, _ABOUT))
        _call(root, _RUN)
        results = [
            json.loads(p.read_text()) for p in (root / "_build" / "runs").glob("*/results.json")
        ]
    return version, libraries, {result["chapter"]: result for result in results}


def compare(
    version: str, libraries: dict[str, str], reference: _Results, results: _Results
) -> Deviation:
    """Compare the results of all chapters with those of the first Python.

    Raises
    ------
    ValueError
        If the two don't have the same chapters and headlines.
    """
    pairs = [*_pairs(reference, results)]
    deviations = {
        f"{chapter}, {first['name']}, {field}": abs(first[field] - second[field]) / _scale(first)
        for chapter, first, second in pairs
        for field in _FIELDS
    }
    where, largest = max(deviations.items(), key=lambda item: item[1])
    return Deviation(
        python=version,
        libraries=libraries,
        numbers=len(deviations),
        same=sum(deviation == 0 for deviation in deviations.values()),
        largest=largest,
        where=where if largest else "",
        words=tuple(_other_verdicts(reference, results)),
    )


def table(content: Mapping[str, Any]) -> str:
    """Return the table of a file of results, as Markdown."""
    lines = [
        f"| Python | {' | '.join(_LIBRARIES)} | Same to the last digit | Largest move | Verdicts |",
        f"|---{'|---' * len(_LIBRARIES)}|---|---|---|",
    ]
    for row in content["rows"]:
        versions = " | ".join(row["libraries"][name] for name in _LIBRARIES)
        move = f"{row['largest']:.2g} of its interval ({row['where']})" if row["where"] else "none"
        lines.append(
            f"| {row['python']} | {versions} | {row['same']} of {row['numbers']} | {move} | "
            f"{', '.join(row['words']) or 'all the same'} |"
        )
    lines += [f"\nNot run yet, or not installed: {', '.join(content['missing'])}."] * bool(
        content["missing"]
    )
    return "\n".join(lines) + "\n"


def with_table(page: str, content: Mapping[str, Any]) -> str:
    """Return a page with the table between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table(content) + END + after


def _call(root: Path, code: str) -> str:
    """Run Python code in a clone, with the clone's environment."""
    return subprocess.run(
        [root / ".venv" / "bin" / "python", "-c", code],
        cwd=root,
        env={**os.environ, ROOT_VARIABLE: str(root)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def _pairs(reference: _Results, results: _Results) -> Sequence[tuple[str, _Headline, _Headline]]:
    first, second = (
        {(chapter, h["name"]): h for chapter, result in each.items() for h in result["headline"]}
        for each in (reference, results)
    )
    if first.keys() != second.keys() or not first:
        raise ValueError(f"not the same headlines: {sorted(first.keys() ^ second.keys())}")
    return [(chapter, first[chapter, name], second[chapter, name]) for chapter, name in first]


def _scale(headline: _Headline) -> float:
    """Return the width of the interval, or the number's size where it has no width."""
    return (headline["high"] - headline["low"]) or abs(headline["value"]) or 1.0


def _other_verdicts(reference: _Results, results: _Results) -> Sequence[str]:
    first, second = (
        {
            claim.get("part", claim["claim"]): claim["verdict"]
            for result in each.values()
            for claim in result["claims"]
        }
        for each in (reference, results)
    )
    return sorted(name for name in {**first, **second} if first.get(name) != second.get(name))


if __name__ == "__main__":
    main()
