"""What the fields and properties of a chapter's facts mean, as their docstrings say."""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from overtake.core.paths import Project
from overtake.publishing.numbers.dataflow.sources import Sources
from overtake.runs import chapter_source

_ATTRIBUTES = re.compile(
    r"^Attributes\n-+\n(?P<said>.*?)(?=^\S[^\n]*\n-+\n|\Z)", re.MULTILINE | re.DOTALL
)
_ATTRIBUTE = re.compile(
    r"^(?P<names>\w+(?:, \w+)*)(?: : [^\n]*)?\n(?P<meaning>(?:[ ]+.*\n?|\n)*)", re.MULTILINE
)
"""One attribute, or more that share a meaning, as numpydoc has them."""


@dataclass(frozen=True)
class Definitions:
    """The classes that a chapter's modules define.

    Attributes
    ----------
    classes : mapping of str to tuple of ast.ClassDef
        By name; two modules may have classes of one name.
    """

    classes: Mapping[str, tuple[ast.ClassDef, ...]]

    @classmethod
    def of_chapter(cls, project: Project, chapter: str, sources: Sources) -> "Definitions":
        """Read the modules that a chapter leads to."""
        notebook = chapter_source.read(project.chapter(chapter))
        found: dict[str, tuple[ast.ClassDef, ...]] = {}
        for path in chapter_source.dependencies_of(notebook, project.root, chapter).modules:
            module = sources.module(_dotted(path))
            for name, node in module.classes.items() if module else ():
                found[name] = (*found.get(name, ()), node)
        return cls(found)

    def find(self, owner: str, field: str) -> str:
        """Return what a field or property means; "" if no docstring says it."""
        return next(filter(None, self._find(owner, field)), "")

    def summary(self, name: str) -> str:
        """Return what a class is in all; "" if no docstring says it."""
        said = (ast.get_docstring(node) or "" for node in self.classes.get(name, ()))
        return next(filter(None, map(_first_paragraph, said)), "")

    def _find(self, owner: str, field: str) -> Iterator[str]:
        for node in self.classes.get(owner, ()):
            yield self._said[id(node)].get(field, "")
            for base in node.bases:
                yield self.find(ast.unparse(base).rpartition(".")[2], field)

    @cached_property
    def _said(self) -> dict[int, dict[str, str]]:
        nodes = (node for found in self.classes.values() for node in found)
        return {id(node): _meanings(node) for node in nodes}


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


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
