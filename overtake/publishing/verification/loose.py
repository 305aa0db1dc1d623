"""A picture found loose: what its run must have drawn for its stamp to be true."""

from dataclasses import dataclass
from pathlib import Path

from overtake.core.errors import PictureError
from overtake.publishing import framing, stamping
from overtake.publishing.stamp import Stamp
from overtake.publishing.stamping import Identification


@dataclass(frozen=True)
class LoosePicture:
    """What a picture says of itself.

    Attributes
    ----------
    kind : str
        ``png``, ``svg`` or ``pdf``.
    said : Stamp
        What its stamp says.
    """

    kind: str
    said: Stamp

    @classmethod
    def of(cls, found: Identification) -> "LoosePicture":
        """Return what an identified picture says."""
        return cls(found.kind, found.said)

    @property
    def file(self) -> str:
        """Where its run keeps the drawing in it."""
        return f"figures/{self.said.figure}.{self.kind}"

    def is_of(self, folder: Path) -> bool:
        """Tell whether the drawing of a run makes this very picture.

        The title and the credit are those of the stamp: the words of a chapter may have
        changed since.

        Parameters
        ----------
        folder : pathlib.Path
            The run's folder.
        """
        said = self.said
        try:
            made = framing.of_run(folder, said.figure, title=said.title, credit=said.data)
            return stamping.complete(said, made[self.kind]) == said
        except PictureError:
            return False
