"""The list of released versions beside them: a page for readers, and a script for old pages."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from overtake.core import pages
from overtake.publishing.publication import Publication

PAGE_NAME = "index.html"
SCRIPT_NAME = "versions.js"


def files(released: Sequence[tuple[str, date]], published: Publication) -> Mapping[str, bytes]:
    """Return what stands in the folder of all versions, by name.

    The versions with their days come newest first.
    """
    versions = [{"version": version, "released": f"{day:%-d %B %Y}"} for version, day in released]
    page = pages.render("versions.html", versions=versions, published=published)
    listed = json.dumps(versions, ensure_ascii=True)
    script = f'"use strict";\nglobalThis.OVERTAKE_VERSIONS = {listed};\n'
    return {PAGE_NAME: page.encode(), SCRIPT_NAME: script.encode()}
