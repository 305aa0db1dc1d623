"""A page's Content-Security-Policy, computed from what the page holds.

Content Security Policy Level 3, W3C Working Draft, sections 2.3.1 (sources and
hashes) and 3.3 (the ``meta`` element). A page may load what stands beside it
and run the inline code whose hash is listed; nothing from elsewhere, no
``eval``, no inline code that came in later.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from html import escape

from lxml import html

_CODE_TYPES = frozenset({"", "module", "text/javascript", "application/javascript"})
"""Types of ``script`` that browsers execute; any other type is data to them."""
_CHARSET = re.compile(r"<meta charset=[^>]*>")
_POLICY = re.compile(r'\n?<meta http-equiv="Content-Security-Policy"[^>]*>')


def protect(page: str) -> str:
    """Write a page's policy into its head, in place of an earlier one.

    The policy stands right behind the character set, which browsers look for
    in the first 1024 bytes. A file that isn't a page, such as a theme's macro,
    is returned as it is.
    """
    bare = _POLICY.sub("", page)
    meta = (
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy(bare), quote=False)}">'
    )
    return _CHARSET.sub(lambda found: f"{found[0]}\n{meta}", bare, count=1)


def policy(page: str) -> str:
    """Return the strictest policy under which a page works.

    Parameters
    ----------
    page : str
        HTML of the page.

    Returns
    -------
    str
        The policy. ``style-src-attr`` appears only if the page has inline
        ``style`` attributes; scripts and requests are allowed only if it has scripts.
    """
    tree = html.document_fromstring(page)
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in _directives(tree))


def _directives(tree: html.HtmlElement) -> Iterator[tuple[str, list[str]]]:
    scripts = [each for each in tree.iter("script") if each.get("type", "") in _CODE_TYPES]
    code = [each.text or "" for each in scripts if each.get("src") is None]
    attributes = tree.xpath("//@style")
    yield "default-src", ["'none'"]
    if scripts:
        yield "script-src", ["'self'", *_hashes(code)]
        yield "connect-src", ["'self'"]
    yield "style-src", ["'self'", *_hashes(each.text or "" for each in tree.iter("style"))]
    if attributes:
        yield "style-src-attr", ["'unsafe-hashes'", *_hashes(attributes)]
    yield "img-src", ["'self'", "data:"]
    yield "form-action", ["'self'"]
    yield "base-uri", ["'none'"]


def _hashes(texts: Iterable[str]) -> list[str]:
    """Return the sources that allow inline texts, without repetition and in a fixed order."""
    digests = {hashlib.sha256(text.encode()).digest() for text in texts}
    return sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
