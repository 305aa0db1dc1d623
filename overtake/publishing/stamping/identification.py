"""Whose picture this is, and whether it is still what the run drew."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from overtake.core.errors import PictureError
from overtake.publishing.stamping import pictures, png
from overtake.publishing.stamping.found import Found
from overtake.publishing.stamping.stamp import Stamp

Condition = Literal["unchanged", "resaved", "changed", "damaged"]

_LARGEST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Identification:
    """What a picture found loose says.

    Attributes
    ----------
    kind : str
        ``png``, ``svg`` or ``pdf``.
    said : Stamp
        What its stamp says.
    condition : {"unchanged", "resaved", "changed", "damaged"}
        Whether the file is byte for byte what was stamped; has the run's
        picture, or its pixels, but was written anew around it; shows
        something else; or is broken.
    damage : str
        What is broken, with the bytes, or "".
    """

    kind: str
    said: Stamp
    condition: Condition
    damage: str = ""


def identify_file(path: Path) -> Identification:
    """Identify the picture in a file, whatever the file is called.

    Raises
    ------
    PictureError
        If it is no file, is larger than any figure, or `identify` refuses it.
    """
    try:
        return identify(_content(path))
    except PictureError as error:
        raise PictureError(f"{path}: {error}") from None


def identify(content: bytes) -> Identification:
    """Read the stamp of a picture and compare the picture with what was stamped.

    Raises
    ------
    PictureError
        If it is no PNG, SVG or PDF, has no stamp, or its stamp is damaged.
    """
    found = pictures.take_apart(content)
    if found.said is None:
        damage = f"; it is damaged: {found.damage}" if found.damage else ""
        raise PictureError(f"it carries no stamp of this book{damage}")
    kind = pictures.kind_of(content)
    condition = _condition(content, found, found.said)
    return Identification(kind, found.said, condition, found.damage or "")


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe or a device might never end
            raise PictureError("there is no such file")
        if path.stat().st_size > _LARGEST_BYTES:
            raise PictureError(f"larger than {_LARGEST_BYTES // 2**20} MiB, which no figure is")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise PictureError(str(error)) from None


def _condition(content: bytes, found: Found, said: Stamp) -> Condition:
    if found.damage:
        return "damaged"
    if hashlib.sha256(found.picture).hexdigest() == said.picture:
        return "unchanged" if _restamped(found.picture, said) == content else "resaved"
    return "resaved" if said.pixels and _shows(found.picture, said.pixels) else "changed"


def _restamped(picture: bytes, said: Stamp) -> bytes:
    try:
        return pictures.add(picture, said)
    except PictureError:  # whoever wrote this stamp, we did not
        return b""


def _shows(picture: bytes, pixels: str) -> bool:
    try:
        return png.pixels(picture) == pixels
    except PictureError:
        return False
