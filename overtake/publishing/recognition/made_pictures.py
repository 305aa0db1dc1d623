"""The pictures of figures that are at hand, and which of them draws just what a file draws."""

from dataclasses import dataclass
from pathlib import Path

from overtake.chapter import figures
from overtake.core.errors import PictureError
from overtake.core.paths import Project
from overtake.publishing import drawn, framing, releases, stamping
from overtake.publishing.stamp import Stamp

TAKEN_AWAY, ON_A_PAGE = "the picture to take away", "the picture that pages show"
OF_THE_RUN = "the run's drawing, without title and source"


@dataclass(frozen=True)
class Pictures:
    """A figure's pictures in a folder, as pages show them and as they are taken away."""

    figure: str
    folder: Path

    @property
    def png(self) -> Path:
        """The picture to take away, of pixels."""
        return self.folder / f"{self.figure}.png"

    @property
    def said(self) -> Stamp | None:
        """What the picture to take away says of itself."""
        return stamping.take_apart(self.png.read_bytes()).said

    def shown(self, name: str) -> Path:
        """Return one of the pictures that pages show, by its name in `framing.SHOWN`."""
        return self.folder / f"{self.figure}-{name}.svg"


@dataclass(frozen=True)
class Same:
    """A picture at hand that draws just what a file draws."""

    figure: str
    run: str  # "" if it isn't known
    what: str
    said: Stamp | None


def at_hand(project: Project) -> list[Pictures]:
    """Return the pictures that this checkout made, and those of released versions beside it."""
    made = sorted((project.root / "_build" / framing.PICTURES).glob("*-*/"))
    released = sorted((project.site / releases.FOLDER).glob("*/figures/*/"))
    named = [(folder.name.rpartition("-")[0], folder) for folder in made]
    named += [(folder.name, folder) for folder in released]
    return [Pictures(*each) for each in named if Pictures(*each).png.is_file()]


def same(content: bytes, project: Project) -> Same | None:
    """Return a picture that draws just what a file draws, with a stamp or without one."""
    kind, drawing = _drawing(content)
    if not drawing:
        return None
    known = at_hand(project)
    for each in known:
        if _hashed(each.folder / f"{each.figure}.{kind}") == drawing:
            return _same(each, TAKEN_AWAY)
    for each in known if kind == "svg" else ():
        for name in framing.SHOWN:
            if _hashed(each.shown(name)) == drawing:
                return _same(each, ON_A_PAGE)
    for path in sorted(project.runs.glob(f"*/{figures.FOLDER}/*.{kind}")):
        if _hashed(path) == drawing:
            figure = path.stem.removesuffix(figures.NARROW)
            return Same(figure, path.parents[1].name, OF_THE_RUN, None)
    return None


def draws(content: bytes, path: Path) -> bool:
    """Tell whether a file draws just what the picture at a path draws."""
    _, drawing = _drawing(content)
    return bool(drawing) and _hashed(path) == drawing


def _drawing(content: bytes) -> tuple[str, str]:
    """Return the kind of a picture and the hash of what it draws; pixels count as a PNG."""
    try:
        kind = stamping.kind_of(content)
    except PictureError:
        return "png", drawn.of_pixels(drawn.opened(content))
    return kind, stamping.drawing_of(content)


def _hashed(path: Path) -> str:
    """Return the hash of what a picture of ours draws: what its stamp says, if it has it."""
    try:
        content = path.read_bytes()
        said = stamping.take_apart(content).said
        known = said.pixels or said.drawing if said else ""
        return known or stamping.drawing_of(content)
    except (OSError, PictureError):
        return ""


def _same(found: Pictures, what: str) -> Same:
    said = found.said
    return Same(found.figure, said.run if said else "", what, said)
