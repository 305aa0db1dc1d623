"""Headings that say what was found.

A chapter names a section by its topic, and in a comment what was found: words, or the id of
the figure whose title says it::

    ## How fast training compute grows <!-- finding: hardware-growth -->

The page shows the finding as the heading. Its anchor is made of the topic, so that it stays
when the numbers change.
"""

import re
from collections.abc import Mapping
from typing import ClassVar

from docutils import nodes
from sphinx.transforms import SphinxTransform

from overtake.core import pages

_HEADING = re.compile(
    r"^(?P<level>#{2,4}) (?P<topic>\S.*?) *<!-- *finding: *(?P<finding>.*?) *-->$", re.MULTILINE
)
_LABEL = "finding-"


def with_findings(text: str, titles: Mapping[str, str]) -> str:
    """Return Markdown with each heading that has a finding replaced by it.

    Parameters
    ----------
    text : str
        Rendered Markdown.
    titles : mapping of str to str
        Titles of the chapter's figures, by id.
    """
    return _HEADING.sub(lambda match: _heading(match, titles), text)


class StableAnchors(SphinxTransform):
    """Give a heading with a finding the anchor of its topic alone."""

    default_priority: ClassVar[int] = 300  # behind PropagateTargets

    def apply(self, **_kwargs: object) -> None:
        """Drop the anchors that are made of the finding's words."""
        for section in self.document.findall(nodes.section):
            topics = [anchor for anchor in section["ids"] if anchor.startswith(_LABEL)]
            if topics:
                section["ids"] = [topics[0].removeprefix(_LABEL), *topics]


def _heading(match: re.Match[str], titles: Mapping[str, str]) -> str:
    finding = match["finding"]
    told = pages.escape(titles[finding]) if finding in titles else finding
    return f"({_LABEL}{nodes.make_id(match['topic'])})=\n{match['level']} {told}"
