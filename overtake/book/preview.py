"""A preview: the pages whose own source or run has changed, beside the book, within seconds.

It has no pages of figures, no search and no files to take away; what it lacks is the book's. It
leaves the book's files and what Sphinx remembers of them alone, so that both may be built at a
time: it goes on from a copy of what Sphinx remembered after the last whole build.
"""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from overtake.book import finishing
from overtake.book.figure_site import FOLDER
from overtake.core.paths import Project
from overtake.publishing import framing

TAG = "preview"
"""Sphinx's tag of such a build."""
_MEMORY = ".doctrees"
_BEFORE_LINKS, _LAST = 400, 900


def build(root: Path) -> int:
    """Write the pages that have changed; return what the process is to end with."""
    from jupyter_book.sphinx import build_sphinx

    ended = build_sphinx(
        root,
        Project(root).preview,
        noconfig=True,
        path_config=root / "_config.yml",
        confoverrides={
            "external_toc_path": (root / "_toc.yml").as_posix(),
            "latex_individualpages": False,
        },
        tags=[TAG],
    )
    return ended if isinstance(ended, int) else 1


def begin_anew(project: Project) -> None:
    """Drop all pages, and go on from what Sphinx remembers of the book as it is now."""
    memory = project.preview.with_name(_MEMORY)
    shutil.rmtree(project.preview, ignore_errors=True)
    shutil.rmtree(memory, ignore_errors=True)
    shutil.copytree(project.site.with_name(_MEMORY), memory)
    (project.preview / "_static").mkdir(parents=True)  # MyST-NB writes to it


def can_be_made(project: Project) -> bool:
    """Whether there is a book to go on from."""
    return project.preview.with_name(_MEMORY).is_dir()


def setup(app: Sphinx) -> None:
    """Let Sphinx write changed pages alone."""
    app.add_builder(PreviewBuilder, override=True)
    app.connect("env-before-read-docs", _remember_pages, priority=_LAST)
    app.connect("doctree-resolved", _write_pictures, priority=_BEFORE_LINKS)


class PreviewBuilder(StandaloneHTMLBuilder):
    """Writes the pages that were read, and what only they need."""

    search = False
    changed: Sequence[str] = ()

    def get_outdated_docs(self) -> Iterator[str]:
        """Return none: what isn't written here stands in the book."""
        return iter(())

    def write(self, *_: object) -> None:
        """Write the pages that were read, and finish them.

        Pages that show a title, a number or a term of theirs wait for the whole build.
        """
        self.prepare_writing(set(self.changed))
        for name in self.changed:
            doctree = self.env.get_and_resolve_doctree(name, self)
            self.write_doc_serialized(name, doctree)
            self.write_doc(name, doctree)
        self.copy_image_files()
        finishing.finish_alone(Path(self.get_outfilename(name)) for name in self.changed)

    def finish(self) -> None:
        """Write nothing else."""


def _remember_pages(app: Sphinx, _env: object, pages: list[str]) -> None:
    assert isinstance(app.builder, PreviewBuilder)
    app.builder.changed = tuple(pages)


def _write_pictures(app: Sphinx, doctree: nodes.document, _page: str) -> None:
    """Write the pictures of a page where those of its figures stand in the book."""
    for image in doctree.findall(nodes.image):
        if "overtake-figure" in image["classes"]:
            shown = Path(app.srcdir, image["uri"])
            figure = shown.stem.removesuffix("-wide")
            folder = Path(app.outdir, FOLDER, figure)
            folder.mkdir(parents=True, exist_ok=True)
            for name in framing.SHOWN:
                shutil.copy(shown.with_name(f"{figure}-{name}.svg"), folder)
