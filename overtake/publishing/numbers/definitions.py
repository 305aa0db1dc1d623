"""What the fields and properties of facts mean, as the docstrings of their classes say."""

import ast
import inspect
import re
from dataclasses import dataclass

from overtake.publishing.numbers.dataflow.sources import Module, Sources

_ATTRIBUTES = re.compile(
    r"^Attributes\n-+\n(?P<said>.*?)(?=^\S[^\n]*\n-+\n|\Z)", re.MULTILINE | re.DOTALL
)
_ATTRIBUTE = re.compile(
    r"^(?P<names>\w+(?:, \w+)*)(?: : [^\n]*)?\n(?P<meaning>(?:[ ]+.*\n?|\n)*)", re.MULTILINE
)
"""One attribute, or more that share a meaning, as numpydoc has them."""


@dataclass(frozen=True)
class Definitions:
    """The docstrings of a project's classes; of a class that it lacks nothing is said."""

    sources: Sources

    def find(self, owner: str, field: str) -> str:
        """Return what a field or property of a class means; "" if no docstring says it.

        `owner` is the dotted name of the class; what it says nothing of its bases may say.
        """
        seen, waiting = set[str](), [owner]
        while waiting:
            name = waiting.pop(0)
            found = None if name in seen else self.sources.definition(name)
            seen.add(name)
            if found is None or found[1] not in found[0].classes:
                continue
            module, node = found[0], found[0].classes[found[1]]
            if said := _meanings(node).get(field):
                return said
            waiting += [_dotted(base, module) for base in node.bases]
        return ""

    def summary(self, owner: str) -> str:
        """Return what a class is in all; "" if no docstring says it."""
        found = self.sources.definition(owner)
        node = found[0].classes.get(found[1]) if found else None
        return _first_paragraph(ast.get_docstring(node) or "") if node else ""


def _dotted(base: ast.expr, module: Module) -> str:
    """Return the dotted name of a class's base."""
    first, dot, rest = ast.unparse(base).partition(".")
    return f"{module.imported.get(first, f'{module.name}.{first}')}{dot}{rest}"


def _meanings(node: ast.ClassDef) -> dict[str, str]:
    """Return what a class says of its fields, and each property of itself."""
    properties = {
        each.name: _first_paragraph(said)
        for each in node.body
        if isinstance(each, ast.FunctionDef) and (said := ast.get_docstring(each))
    }
    return properties | attributes(ast.get_docstring(node) or "")


def attributes(docstring: str) -> dict[str, str]:
    """Return what a docstring in numpydoc's form says of each attribute.

    Of several with one meaning each is named in it.
    """
    section = _ATTRIBUTES.search(f"{inspect.cleandoc(docstring)}\n")
    said = dict[str, str]()
    for found in _ATTRIBUTE.finditer(section["said"]) if section else ():
        names, meaning = found["names"].split(", "), " ".join(found["meaning"].split())
        text = meaning.replace("`", "")
        for name in names:
            called = name.replace("_", " ")
            said[name] = text if len(names) == 1 else f"{text.rstrip('.')} ({called})."
    return said


def _first_paragraph(docstring: str) -> str:
    return " ".join(docstring.partition("\n\n")[0].split()).replace("`", "")
