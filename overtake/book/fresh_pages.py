"""Pages that Sphinx would take for finished, and that are not.

Sphinx goes by times. A page counts as written when its file is younger than its
source, also a file of which a killed build wrote half; and a source counts as
unchanged when its time is not later than that of the last build, also if the
clock was set back in between. So a build leaves a mark as long as it is under
way, and remembers what it read by its content.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from overtake.core import digests

_LOGGER = logging.getLogger(__name__)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register with Sphinx."""
    app.connect("builder-inited", _begin, priority=1)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-updated", _remember)
    app.connect("build-finished", _end, priority=999)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def mark_of(site: Path) -> Path:
    """Return the file that is there as long as a site is being written."""
    return site.with_name(f".{site.name}.unfinished")


def _begin(app: Sphinx) -> None:
    mark = mark_of(Path(app.outdir))
    if mark.exists():
        _LOGGER.info("overtake: the last build was interrupted; every page is written again")
        app.connect("env-get-outdated", lambda _app, env, *_changes: sorted(env.found_docs))
    mark.touch()
    _forget_late_styles(Path(app.outdir))


def _forget_late_styles(site: Path) -> None:
    """Remove what MyST-NB writes after the pages: a page names its hash only where it is there."""
    for style in site.glob("_static/mystnb.*.css"):
        style.unlink()


def _outdated(
    _app: Sphinx, env: BuildEnvironment, _added: set[str], _changed: set[str], _removed: set[str]
) -> list[str]:
    before: dict[str, str] = getattr(env, "overtake_contents", {})
    return sorted(
        page for page in env.found_docs & before.keys() if _content(env, page) != before[page]
    )


def _remember(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    contents = {page: _content(env, page) for page in env.found_docs}
    env.overtake_contents = contents  # type: ignore[attr-defined]
    return []


def _content(env: BuildEnvironment, page: str) -> str:
    """Hash a page's source and the files that it was made from."""
    files = [Path(env.doc2path(page))]
    files += [Path(env.srcdir, name) for name in sorted(env.dependencies.get(page, ()))]
    return digests.of("\n".join(map(digests.of_file, files)).encode())


def _end(app: Sphinx, exception: Exception | None) -> None:
    if exception is None:
        mark_of(Path(app.outdir)).unlink(missing_ok=True)
