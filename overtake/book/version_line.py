"""What each page of a released version says above its text: which version it is, and since when.

A released page never changes, so it can't know what came after it. It has a link to the newest
page, and a script that asks the list of versions beside it (`overtake.publishing.version_list`),
which also works where the book is opened from files.
"""

from typing import Any

from markupsafe import Markup
from sphinx.application import Sphinx

from overtake.book import building
from overtake.publishing import releases

_SCRIPT = "version.js"
_LINE = Markup(
    '<span class="overtake-version" data-version="{version}" data-page="{page}">'
    "Version {version} of {day}; this page never changes. "
    '<span class="overtake-version-state">There may be a newer one.</span> '
    '<a href="{newest}">The newest version of this page</a> · <a href="{all}">All versions</a>'
    "</span>"
)


def say(app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Say above a page of a version that is being released which it is."""
    said = building.of(app).publication
    if app.builder.name != "html" or said is None or not said.is_being_released:
        return
    path = f"{page}.html"
    context["theme_announcement"] = _LINE.format(
        version=said.version,
        day=f"{said.released:%-d %B %Y}",
        page=path,
        newest=said.address(f"/{path}".removesuffix("index.html")),
        all=said.address(f"/{releases.FOLDER}/"),
    )
    app.add_js_file(_SCRIPT, loading_method="defer")
