"""What a picture is that was found somewhere: by its stamp, its pixels, or its looks.

Only the first two tell whether it is what a run drew. What looks like a figure may show other
numbers: that is said with it.
"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from overtake.core.errors import OvertakeError, PictureError
from overtake.core.paths import Project
from overtake.publishing import published, stamping
from overtake.publishing.stamp import Stamp
from overtake.publishing.stamping import Identification
from overtake.runs.runs import Run

if TYPE_CHECKING:  # most pictures have a stamp, and then nothing of this is loaded
    from collections.abc import Callable, Iterator

    from PIL import Image

    from overtake.publishing.recognition.lookalikes import Resemblance
    from overtake.publishing.recognition.made_pictures import Same

Lines = list[tuple[str, str]]
"""What is told of a picture: labels and words."""

_PICTURE = {
    "unchanged": "unchanged since it was stamped, byte for byte",
    "resaved": "draws what was stamped, in a file that was written anew",
    "rewritten": "written anew so that it can't be compared with what was stamped: it may show "
    "something else than the run drew",
    "changed": "changed since it was stamped: it does not show what the run drew",
}
_RUN = {
    "same": "the run has this very picture",
    "other": "with these words the run has another picture of this figure: the stamp is not to be "
    "trusted, unless an earlier version of the book arranged them otherwise",
    "no figure": "this run has no such figure: the stamp is not to be trusted",
    "not at hand": "this run is not at hand to compare with: the stamp's word is all there is",
    "not asked": "not asked, since the picture is not what was stamped",
}
_NO_PROOF = (
    "this proves nothing: with another number in its title or a taller bar it would look alike, "
    "and so does the figure in other versions. Compare it with the figure itself"
)


@dataclass(frozen=True)
class Stamped:
    """A picture with a stamp, and what the store has of its run."""

    found: Identification
    run: str  # one of `_RUN`

    @property
    def is_as_published(self) -> bool:
        """Whether it draws what was stamped, and the store doesn't say otherwise."""
        return self.run in {"same", "not at hand"}

    @property
    def store(self) -> str:
        """What the store has of its run, in words."""
        return _RUN[self.run]

    def lines(self) -> Lines:
        """Return what is told of it."""
        damage = f"damaged: {self.found.damage}"
        picture = _PICTURE.get(self.found.condition, damage)
        return [*_cited(self.found.said), ("Picture", picture), ("Run store", self.store)]

    def plain(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"by": "stamp", **asdict(self.found), "store": self.store}


@dataclass(frozen=True)
class Recognised:
    """A picture without a stamp that draws just what one at hand draws."""

    same: "Same"
    is_as_published = True

    def lines(self) -> Lines:
        """Return what is told of it."""
        picture = f"without a stamp, but it draws just what {self.same.what} draws"
        if self.same.said:
            return [*_cited(self.same.said), ("Picture", picture)]
        return [("Figure", self.same.figure), ("Run", self.same.run), ("Picture", picture)]

    def plain(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"by": "pixels", "condition": "resaved", **asdict(self.same)}


@dataclass(frozen=True)
class Alike:
    """A picture without a stamp, the figure that it is nearest to, and what that one says."""

    nearest: "Resemblance"
    said: Stamp | None
    is_as_published = False

    def lines(self) -> Lines:
        """Return what is told of it."""
        near = self.nearest
        following = f"; the next nearest, {near.next}, in {near.next_distance}" if near.next else ""
        told = (
            f"{near.distance} of {near.bits} bits differ{following}. Different figures differ in "
        )
        distance = ("Distance", f"{told}{near.least} or more")
        if not near.is_alike:
            nothing = f"looks like no figure that is at hand; the nearest is {near.figure}"
            return [("Picture", nothing), distance]
        cited = _cited(self.said) if self.said else []
        return [("Looks like", near.figure), distance, *cited, ("Picture", _NO_PROOF)]

    def plain(self) -> dict[str, Any]:
        """Return it for JSON."""
        said = asdict(self.said) if self.said else None
        is_alike = self.nearest.is_alike
        return {"by": "looks", "alike": is_alike, **asdict(self.nearest), "said": said}


Answer = Stamped | Recognised | Alike


def of_file(path: Path, tell: "Callable[[float], None]") -> Answer:
    """Say which figure the picture in a file is, whatever the file is called.

    `tell` hears which share is done of what has to be made before the first look at a picture.
    PictureError if it is no picture, or there is nothing to compare it with.
    """
    try:
        content = stamping.read(path)
        return _by_stamp(content) or _by_pixels(content) or _by_looks(content, tell)
    except (PictureError, OSError, ValueError) as error:
        raise PictureError(f"{path}: {error}") from None


def _by_stamp(content: bytes) -> Stamped | None:
    if _kind(content) is None or stamping.take_apart(content).said is None:
        return None
    found = stamping.identify(content)
    if found.condition == "rewritten" and _is_drawn_alike(content, found.said):
        found = replace(found, condition="resaved")
    return Stamped(found, _in_store(found))


def _kind(content: bytes) -> str | None:
    """Return in which form that can be stamped a picture is; None for other pictures of pixels."""
    try:
        return stamping.kind_of(content)
    except PictureError:
        return None


def _is_drawn_alike(content: bytes, said: Stamp) -> bool:
    """Tell whether a picture at hand of the stamp's run draws the same; old stamps can't tell."""
    from overtake.publishing.recognition import made_pictures

    try:
        same = made_pictures.same(content, Project.find())
    except OvertakeError:
        return False
    return same is not None and (same.figure, same.run) == (said.figure, said.run)


def _in_store(found: Identification) -> str:
    """Compare with the run itself, where it is at hand: a stamp may be forged, a store less so."""
    from overtake.publishing.verification import subject

    if found.condition not in {"unchanged", "resaved"}:
        return "not asked"
    try:
        run = Run(Project.find().runs / found.said.run)
        drawings = run.drawings if run.folder.is_dir() else None
    except (OvertakeError, OSError):
        drawings = None
    if drawings is None:
        return "not at hand"
    if found.said.figure not in drawings:
        return "no figure"
    return "same" if subject.is_drawn_in(found, run.folder) else "other"


def _by_pixels(content: bytes) -> Recognised | None:
    from overtake.publishing.recognition import made_pictures

    same = made_pictures.same(content, Project.find())
    return Recognised(same) if same else None


def _by_looks(content: bytes, tell: "Callable[[float], None]") -> Alike:
    from overtake.publishing.recognition import lookalikes, made_pictures

    project = Project.find()
    index = lookalikes.index_of(project, tell)
    if not index.figures:
        raise PictureError(
            "it carries no stamp, and no figures are at hand to compare it with: `make book` makes "
            "them"
        )
    nearest = lookalikes.nearest(_images(content), index)
    if nearest is None:
        raise PictureError("it carries no stamp, and holds no page to look at")
    (like,) = (each for each in made_pictures.at_hand(project) if str(each.folder) == nearest.place)
    return Alike(nearest, like.said)


def _images(content: bytes) -> "Iterator[Image.Image]":
    from overtake.publishing import drawn
    from overtake.publishing.recognition import raster

    match _kind(content):
        case "svg":
            raise PictureError(
                "it carries no stamp, and draws nothing that a figure at hand draws. To know what "
                "it looks like, save it as PNG first"
            )
        case "pdf":
            yield from raster.of_pdf(content)
        case _:
            yield drawn.opened(content)


def _cited(said: Stamp) -> Lines:
    """Return what a stamp says of its figure."""
    named = ("run", "version", "citation", "address", "data", "licence")
    told = [(name.title(), cast("str", getattr(said, name))) for name in named]
    first = [("Figure", f"{said.figure}: {said.title}"), *_renamed(said.figure)]
    return [*first, *((a, b) for a, b in told if b)]


def _renamed(figure: str) -> Lines:
    """Return what a figure is called now that was renamed since, where the book is at hand."""
    try:
        now = published.read(Project.find()).follow(figure)
    except OvertakeError:
        return []
    return [("Now", f"{now}: `overtake cite {now}`")] if now != figure else []
