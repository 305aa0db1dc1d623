"""Where extensions write what HTML does not allow, and what is written in its place.

No setting of theirs changes it, and each is mended at its source, before a page is written.
"""

import html
import re
from urllib.parse import quote

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

_WRAPPERS = frozenset({"table-wrapper", "math-wrapper"})
_AFTER_FURO = 510  # which wraps at 500
_IN_NO_ADDRESS = re.compile(r'[\s<>"{}|\\^`]')  # RFC 3986, section 2


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register what is written in place of others' markup; they come first."""
    app.setup_extension("myst_nb")
    app.add_node(HideCodeCellNode, override=True, html=(_open_fold, _close_fold))
    app.add_post_transform(AnchorsOnce)
    app.add_post_transform(LegalAddresses)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


class AnchorsOnce(SphinxPostTransform):
    """Leave an id to the table or formula that has it: Furo gives it to the box around, too."""

    formats = ("html",)
    default_priority = _AFTER_FURO

    def run(self, **_: object) -> None:
        """Take the ids from the boxes."""
        for box in self.document.findall(nodes.container):
            if _WRAPPERS.intersection(box["classes"]):
                box["ids"], box["names"] = [], []


class LegalAddresses(SphinxPostTransform):
    """Write addresses as addresses: Pybtex makes them of DOIs, which may hold any character."""

    formats = ("html",)
    default_priority = _AFTER_FURO

    def run(self, **_: object) -> None:
        """Spell out what no address may hold."""
        for link in self.document.findall(nodes.reference):
            if address := link.get("refuri"):
                link["refuri"] = _IN_NO_ADDRESS.sub(lambda found: quote(found[0]), address)


def _open_fold(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    """Begin hidden code; MyST-NB writes paragraphs, and a label that hides their words."""
    classes = " ".join(["admonition", "hide", *node["classes"]])
    translator.body.append(
        f'<details class="{classes}">\n<summary>'
        f'<span class="collapsed">{html.escape(node["prompt_show"])}</span>'
        f'<span class="expanded">{html.escape(node["prompt_hide"])}</span></summary>\n'
    )


def _close_fold(translator: HTML5Translator, _node: HideCodeCellNode) -> None:
    translator.body.append("</details>\n")
