"""Words for assistive technology that writers of HTML leave wrong."""

from collections.abc import Mapping
from types import MappingProxyType

_MENDED: Mapping[str, str] = MappingProxyType(
    {
        # Docutils: deprecated in DPUB-ARIA 1.1, and no child that a list may have.
        'role="doc-biblioentry"': 'role="listitem"',
        # MyST-NB: hides the words that are there to be read.
        '<summary aria-label="Toggle hidden content">': "<summary>",
    }
)


def mended(body: str) -> str:
    """Return a page's content with roles and labels that say what is there."""
    for wrong, right in _MENDED.items():
        body = body.replace(wrong, right)
    return body
