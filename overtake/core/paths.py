"""Where things are, and what they may be called: every path of the project, in one place."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from overtake.core.errors import ProjectError

ROOT_VARIABLE = "OVERTAKE_ROOT"
DATA_VARIABLE = "OVERTAKE_DATA"
"""Environment variable that names a folder to take the tables from: another state of them."""
LOCAL_PACKAGES = ("models", "overtake", "chapters")
"""The book's own packages."""
_MARKERS = ("_config.yml", "_toc.yml")
_EVIDENCE = "-evidence"

NAME_PATTERN = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
"""What files are named by that people name: scenarios, sweeps and figures."""
LONGEST_FIGURE_ID = 64
"""Characters of the longest id of a figure."""
_DEVICES = frozenset(
    {"aux", "con", "nul", "prn", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)
"""Names that Windows keeps for devices, whatever the ending."""


def project_root(start: Path | None = None) -> Path:
    """Find the project's root folder, at or above `start` or the working directory.

    The environment variable ``OVERTAKE_ROOT`` wins over both.
    """
    if named := os.environ.get(ROOT_VARIABLE):
        candidates = [Path(named)]
    else:
        # A plain path also where Sphinx hands over its own, whose `replace` is that of a text.
        here = Path(os.fspath(start or Path.cwd())).resolve()
        candidates = [here, *here.parents]
    for folder in candidates:
        if all((folder / marker).is_file() for marker in _MARKERS):
            return folder.resolve()
    raise ProjectError(
        f"no project found at or above {candidates[0]}: "
        f"a project's root folder holds {' and '.join(_MARKERS)}"
    )


@dataclass(frozen=True)
class Project:
    """The folders and files of one checkout; `store` holds the runs, if not the checkout does."""

    root: Path
    store: Path | None = None

    @classmethod
    def find(cls, start: Path | None = None) -> "Project":
        """Return the project that `start` (or the working directory) lies in."""
        return cls(project_root(start))

    @property
    def chapters(self) -> Path:
        """The notebooks and plain pages of the story."""
        return self.root / "chapters"

    @property
    def data(self) -> Path:
        """The tables with their schema, source and licence."""
        named = os.environ.get(DATA_VARIABLE)
        return Path(named) if named else self.root / "data"

    @property
    def lock(self) -> Path:
        """The locked environment."""
        return self.root / "uv.lock"

    @property
    def runs(self) -> Path:
        """The store of finished runs."""
        return self.store or self.root / "_build" / "runs"

    @property
    def imports(self) -> Path:
        """What local modules import, remembered so that they need not be parsed again."""
        return self.root / "_build" / "imports.json"

    @property
    def verification(self) -> Path:
        """What came of repeating runs, for the pages."""
        return self.root / "_build" / "verification.json"

    @property
    def releases(self) -> Path:
        """The records of released versions; git keeps them."""
        return self.root / "releases"

    @property
    def archives(self) -> Path:
        """What the sites of released versions consist of, packed; the publisher keeps it."""
        return self.root / "_build" / "releases"

    @property
    def scenarios(self) -> Path:
        """The named sets of parameters."""
        return self.root / "scenarios"

    @property
    def sweeps(self) -> Path:
        """The tables that sweeps have made."""
        return self.root / "_build" / "sweeps"

    @property
    def site(self) -> Path:
        """The built book."""
        return self.root / "_build" / "html"

    @property
    def preview(self) -> Path:
        """Pages that were built ahead of the book, while it is served."""
        return self.root / "_build" / "preview" / "html"

    @property
    def figures(self) -> Path:
        """The index of figures, with the ids that were ever published."""
        return self.root / "figures"

    @property
    def scenario_figures(self) -> Path:
        """Figures that show several scenarios, and so belong to no run."""
        return self.root / "_build" / "scenarios" / ".figures"

    def scenario_output(self, name: str) -> Path:
        """Return where the book under a scenario is built; its site is ``_build/html`` in there."""
        return self.root / "_build" / "scenarios" / name

    def chapter(self, name: str) -> Path:
        """Return the notebook of the chapter called `name`, which must be there."""
        if name not in self.chapter_names():
            known = ", ".join(self.chapter_names()) or "none"
            raise ProjectError(f"no chapter is called {name!r}; there are: {known}")
        return self.chapters / f"{name}.ipynb"

    def evidence(self, chapter: str) -> Path:
        """Return the page of a chapter's evidence, beside its notebook if it has one."""
        return self.chapters / f"{chapter}{_EVIDENCE}.md"

    def chapter_names(self) -> list[str]:
        """Return the names of all chapters, sorted."""
        return sorted(path.stem for path in self.chapters.glob("*.ipynb"))


def lock_of(folder: Path) -> Path:
    """Return the file that a process locks as long as it writes a folder."""
    return folder.with_name(f".{folder.name}.lock")


def figure_id_problem(id: str) -> str:
    """Return why `id` can't name a figure, a file and a part of an address, or "" if it can."""
    if not re.fullmatch(NAME_PATTERN, id):
        return "the id may hold small letters, digits and single hyphens only"
    if len(id) > LONGEST_FIGURE_ID:
        return f"the id has {len(id)} characters, and may have {LONGEST_FIGURE_ID}"
    if id in _DEVICES:
        return "the id is the name of a device on Windows"
    return ""
