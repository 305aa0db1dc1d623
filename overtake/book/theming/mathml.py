"""Formulas as MathML, which browsers show without a script (MathML Core, 2023)."""

import re

from docutils import nodes
from latex2mathml.converter import convert
from latex2mathml.exceptions import NoAvailableTokensError
from lxml import etree
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

_LOGGER = logging.getLogger(__name__)
_LEFT_OVER = re.compile(r"\\[A-Za-z]+")


def render(formula: str, display: str) -> str:
    r"""Return a formula as a ``math`` element.

    Parameters
    ----------
    formula : str
        LaTeX, without delimiters.
    display : {"inline", "block"}
        How it stands in the text.

    Raises
    ------
    ValueError
        If the converter doesn't know all of it; it would leave commands as text.
    """
    try:
        element = convert(formula, display=display)
        text = "".join(etree.fromstring(element).itertext())
    except (NoAvailableTokensError, etree.XMLSyntaxError, IndexError) as error:
        raise ValueError(f"not LaTeX that becomes MathML: {formula!r}") from error
    if unknown := _LEFT_OVER.findall(text):
        raise ValueError(f"MathML has no {', '.join(unknown)}: {formula!r}")
    return element


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula that stands in a line of text."""
    translator.body.append(_or_warning(node, "inline"))
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula that stands by itself, with its number if it has one."""
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})</span>')
    translator.body.append(f"{_or_warning(node, 'block')}</div>\n")
    raise nodes.SkipNode


def _or_warning(node: nodes.math | nodes.math_block, display: str) -> str:
    """Return the formula's MathML; a build with warnings as errors stops at what can't be shown."""
    try:
        return render(node.astext(), display)
    except ValueError as error:
        _LOGGER.warning("%s", error, location=node)
        return ""
