"""Cells of a chapter whose calls are looked up: what stands in place of the names they import.

A cell is executed as it stands, except that what it imports from the chapter's sections and
from the models is a stand-in: calling it looks the call up in the store, and what comes back
stands for the result until something needs the result itself. A module is imported when one
of its functions has to be computed.
"""

import ast
import builtins
import importlib
import operator
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from overtake.chapter import facts, figures, session
from overtake.data import tables
from overtake.runs.kept import keys, values
from overtake.runs.kept.calls import Calls
from overtake.runs.kept.outline import Named, Outlines
from overtake.runs.kept.report import UNKNOWN_DRAWING
from overtake.runs.kept.values import Loaded, Origin, Part

PACKAGES = ("chapters", "models")
DRAWS = "draw_"
"""How the names of functions begin that draw: a drawing is made when its files are needed."""
WRAP, BRING, EXPECT = "__overtake_wrap__", "__overtake_bring__", "__overtake_expect__"
"""Under which names cells find what wraps a thing that they import, what stands in for it, and
what says how many items a value has to have."""


class Traced:
    """Stands for a value; whatever is done to it that is no look-up needs the value itself."""

    __slots__ = ("_origin",)

    def __init__(self, origin: Origin) -> None:
        object.__setattr__(self, "_origin", origin)

    def __overtake_origin__(self) -> Origin:
        found: Origin = object.__getattribute__(self, "_origin")
        return found

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """The value's class, so that libraries that a cell calls take it for one."""
        return type(self.__overtake_origin__().get())

    def __reduce_ex__(self, protocol: Any) -> Any:  # noqa: ANN401
        """Refuse to be pickled: hidden in another object, it would stand for nothing."""
        raise TypeError("a stand-in can't be pickled")

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        whole = self.__overtake_origin__()
        if name.startswith("_"):  # what libraries ask of a value itself
            return getattr(whole.get(), name)
        return _part(whole, "attribute", name)

    def __getitem__(self, name: Any) -> Any:  # noqa: ANN401
        whole = self.__overtake_origin__()
        if type(name) in (str, int):
            return _part(whole, "item", name)
        return whole.get()[values.unwrapped(name)]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Call what it stands for, with what the arguments stand for."""
        called = self.__overtake_origin__()
        if isinstance(called, Part):
            called.lookup.before_change()
        found = called.get()(*values.unwrapped(args), **values.unwrapped(kwargs))
        if isinstance(called, Part):  # a method, which may have changed its object
            called.alter()
        return found

    def __setitem__(self, name: Any, value: Any) -> None:  # noqa: ANN401
        changed = self.__overtake_origin__()
        changed.lookup.before_change()
        changed.get()[values.unwrapped(name)] = values.unwrapped(value)
        changed.alter()

    def __setattr__(self, name: str, value: Any) -> None:  # noqa: ANN401
        changed = self.__overtake_origin__()
        changed.lookup.before_change()
        setattr(changed.get(), name, values.unwrapped(value))
        changed.alter()

    def __iter__(self) -> Iterator[Any]:
        whole = self.__overtake_origin__()
        if whole.items is None:
            return iter(whole.get())
        return (_part(whole, "item", place) for place in range(whole.items))


def stand_in(found: Any) -> Any:  # noqa: ANN401
    """Return what stands in cells for an origin; a value as it is."""
    return Traced(found) if isinstance(found, Origin) else found


def _part(whole: Origin, how: str, name: Any) -> Traced:  # noqa: ANN401
    part = Part(whole, how, name)
    if whole.is_there:
        part.get()  # what is missing is missing in this cell
    return Traced(part)


def _on_the_value(name: str) -> Callable[..., Any]:
    """Return the special method that does to the value what was to be done to the stand-in."""

    def method(self: Traced, *others: Any) -> Any:  # noqa: ANN401
        # Every module has a `__hash__` and a `__repr__` of its own: the builtins come first.
        apply = getattr(builtins, name.strip("_"), None) or getattr(operator, name)
        return apply(self.__overtake_origin__().get(), *values.unwrapped(others))

    return method


def _behind_another(name: str) -> Callable[..., Any]:
    """Return the special method of an operation whose left side is no stand-in."""

    def method(self: Traced, other: Any) -> Any:  # noqa: ANN401
        return getattr(operator, f"__{name}__")(other, self.__overtake_origin__().get())

    return method


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or"):
    setattr(Traced, f"__r{_name}__", _behind_another(_name))
for _name in (
    "__bool__", "__len__", "__contains__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__",
    "__ge__", "__add__", "__sub__", "__mul__", "__truediv__", "__floordiv__", "__mod__",
    "__pow__", "__and__", "__or__", "__neg__", "__abs__", "__invert__", "__float__", "__int__",
    "__str__", "__repr__", "__hash__", "__format__", "__round__", "__reversed__",
):  # fmt: skip
    setattr(Traced, _name, _on_the_value(_name))


class TracedFunction:
    """A function or class of the chapter's sections or of the models: its calls are looked up."""

    def __init__(self, function: Callable[..., Any], calls: Calls) -> None:
        self._function, self._calls = function, calls

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        function = self._function
        return getattr(function.load() if isinstance(function, Named) else function, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Look the call up; a drawing waits until somebody needs it."""
        draws = self._function.__name__.startswith(DRAWS)
        look_up = self._calls.drawing if draws else self._calls.result
        return stand_in(look_up(self._function, args, kwargs))


class TracedModule:
    """A module of the chapter's sections or of the models, by its dotted name."""

    def __init__(self, name: str, tracer: "Tracer") -> None:
        self._name, self._tracer = name, tracer

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return self._tracer.bring(self._name, name)


class TracedFacts:
    """Publishes facts, whose text is kept like any other result."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def publish(self, **sections: Any) -> None:  # noqa: ANN401
        """As `overtake.chapter.facts.publish`."""
        for name, found in sections.items():
            facts.require_free(name)
            text = self._calls.result(facts.text_of, (name, found), {})
            self._calls.later(partial(_write_text, facts.path_of(name), text))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(facts, name)


class SkippedFacts(TracedFacts):
    """Publishes no facts."""

    def publish(self, **sections: Any) -> None:  # noqa: ANN401
        """Leave them out."""


class TracedFigures:
    """Publishes figures, whose files are kept like any other result."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def publish(self, id: str, drawing: Any) -> None:  # noqa: ANN401
        """As `overtake.chapter.figures.publish`."""
        if (origin := keys.origin_of(drawing)) is None:  # drawn in the cell
            self._calls.drawn[id] = UNKNOWN_DRAWING
            figures.publish(id, drawing)
            return
        self._calls.drawn[id] = origin.key()
        files = self._calls.result(figures.files_of, (id, drawing), {})
        folder = session.Session.current().folder / figures.FOLDER
        self._calls.later(lambda: figures.write(values.unwrapped(files), folder))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(figures, name)


class SkippedFigures(TracedFigures):
    """Takes note of figures, and draws none."""

    def publish(self, id: str, drawing: Any) -> None:  # noqa: ANN401
        """Take note of what would be drawn from what."""
        origin = keys.origin_of(drawing)
        self._calls.drawn[id] = origin.key() if origin else UNKNOWN_DRAWING


class IgnoredFigures(TracedFigures):
    """Takes no note of figures: what they would be drawn from need not be computed."""

    def publish(self, id: str, drawing: Any) -> None:  # noqa: ANN401
        """Leave it out."""


class TracedTables:
    """Loads tables when something needs them."""

    def __init__(self, digests: Mapping[str, str], calls: Calls) -> None:
        self._digests, self._calls = digests, calls

    def load(self, name: str) -> Any:  # noqa: ANN401
        """As `overtake.data.tables.load`, later."""
        return stand_in(Loaded(self._calls.lookup, name, self._digests[name], tables.load))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(tables, name)


class TracedSink:
    """A module whose functions take values as they are, and are called each time."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        found = getattr(self._module, name)
        if not isinstance(found, types.FunctionType | type):
            return found
        return lambda *args, **kwargs: found(*values.unwrapped(args), **values.unwrapped(kwargs))


class NumbersSink(TracedSink):
    """Publishes headline numbers, verdicts and tests, and nothing else."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        is_wanted = (self._module.__name__, name) == ("overtake.chapter.results", "publish")
        if name.startswith("publish") and not is_wanted:
            return lambda *_args, **_kwargs: None
        return super().__getattr__(name)


class SilentSink(TracedSink):
    """Publishes nothing."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return lambda *_args, **_kwargs: None


def _write_text(path: str, text: Any) -> None:  # noqa: ANN401
    session.write_text(path, values.unwrapped(text))


@dataclass(frozen=True)
class Tracer:
    """Gives cells what stands in for the modules and functions that they import.

    Attributes
    ----------
    calls : Calls
        Of the run.
    outlines : Outlines
        What the project's modules define.
    tables : mapping of str to str
        Digest of each table of the chapter.
    figures : type
        What publishes figures: `TracedFigures`, `SkippedFigures`, or `IgnoredFigures`.
    sink : type
        What publishes all else: `TracedSink`, `NumbersSink`, or `SilentSink`.
    facts : type
        What publishes facts: `TracedFacts`, or `SkippedFacts`.
    """

    calls: Calls
    outlines: Outlines
    tables: Mapping[str, str]
    figures: type[TracedFigures] = TracedFigures
    sink: type[TracedSink] = TracedSink
    facts: type[TracedFacts] = TracedFacts

    def bring(self, module: str, name: str) -> Any:  # noqa: ANN401
        """Return what stands in cells for a name of a module of the project."""
        if f"{module}.{name}" in self.outlines.modules:
            return TracedModule(f"{module}.{name}", self)
        if module in self.outlines.modules:
            outline = self.outlines.of(module)
            if name in outline.definitions:
                return TracedFunction(outline.definitions[name], self.calls)
            if name in outline.constants:
                return outline.constants[name]
        found = getattr(importlib.import_module(module), name)
        if isinstance(found, types.FunctionType | type) and _is_ours(found.__module__):
            return TracedFunction(found, self.calls)
        return found

    def wrap(self, found: Any) -> Any:  # noqa: ANN401
        """Return what stands in cells for a module of the machinery."""
        match found:
            case types.ModuleType(__name__="overtake.chapter.facts"):
                return self.facts(self.calls)
            case types.ModuleType(__name__="overtake.chapter.figures"):
                return self.figures(self.calls)
            case types.ModuleType(__name__="overtake.data.tables"):
                return TracedTables(self.tables, self.calls)
            case types.ModuleType(__name__=name) if name in _SINKS:
                return self.sink(found)
        return found


_SINKS = ("overtake.chapter.acceptance", "overtake.chapter.results")


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES


class WrapImports(ast.NodeTransformer):
    """Makes the import statements of cells bring stand-ins for what is the project's."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> list[ast.stmt]:
        """Put stand-ins in place of sections and models, and wrap what the machinery offers."""
        module = node.module or ""
        names = [(each.name, each.asname or each.name) for each in node.names]
        if _is_ours(module):
            return _statements(node, [f"{to} = {BRING}({module!r}, {of!r})" for of, to in names])
        if module.partition(".")[0] == "overtake":
            return [node, *_statements(node, [f"{to} = {WRAP}({to})" for _, to in names])]
        return [node]


class ExpectItems(ast.NodeTransformer):
    """Makes assignments to several names say how many items they take."""

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        """Tell the value how many items the names take."""
        (target, *others) = node.targets
        if not others and isinstance(target, ast.Tuple):
            called = ast.Name(EXPECT, ast.Load())
            node.value = ast.Call(called, [node.value, ast.Constant(len(target.elts))], [])
        return ast.fix_missing_locations(node)


def _statements(place: ast.stmt, lines: list[str]) -> list[ast.stmt]:
    found = [ast.copy_location(each, place) for each in ast.parse("\n".join(lines)).body]
    return [ast.fix_missing_locations(each) for each in found]


def install(shell: Any, tracer: Tracer) -> None:  # noqa: ANN401  (IPython's has no types)
    """Make the cells that this shell executes from now on look up their calls."""
    shell.user_ns.update(names_for(tracer))
    shell.ast_transformers.append(WrapImports())


def names_for(tracer: Tracer) -> dict[str, Any]:
    """Return what transformed cells call, by name."""
    return {WRAP: tracer.wrap, BRING: tracer.bring, EXPECT: _expect}


def _expect(value: Any, items: int) -> Any:  # noqa: ANN401
    if isinstance(origin := keys.origin_of(value), Origin):
        origin.expect(items)
    return value


def transformed(source: str) -> ast.Module:
    """Return a cell as it is executed by hand."""
    tree: ast.AST = ast.parse(source)
    for each in (WrapImports(), ExpectItems()):
        tree = each.visit(tree)
    assert isinstance(tree, ast.Module)
    return tree
