"""Cells of a chapter whose calls are looked up: what stands in place of the names they import.

A cell is executed as it stands, except that what it imports from the chapter's sections and
from the models is wrapped: calling it looks the call up in the store, and what comes back
stands for the result until something needs the result itself.
"""

import ast
import builtins
import operator
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from overtake.chapter import facts, figures, session
from overtake.data import tables
from overtake.runs.kept import keys, values
from overtake.runs.kept.values import Ledger, Loaded, Origin, Part

PACKAGES = ("chapters", "models")
DRAWS = "draw_"
"""How the names of functions begin that draw: a drawing is made when its files are needed."""
WRAP = "__overtake_traced__"
"""Under which name cells find the function that wraps what they import."""


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
        found = called.get()(*values.unwrapped(args), **values.unwrapped(kwargs))
        if isinstance(called, Part):  # a method, which may have changed its object
            called.alter()
        return found

    def __setitem__(self, name: Any, value: Any) -> None:  # noqa: ANN401
        changed = self.__overtake_origin__()
        changed.get()[values.unwrapped(name)] = values.unwrapped(value)
        changed.alter()

    def __setattr__(self, name: str, value: Any) -> None:  # noqa: ANN401
        changed = self.__overtake_origin__()
        setattr(changed.get(), name, values.unwrapped(value))
        changed.alter()

    def __iter__(self) -> Iterator[Any]:
        whole = self.__overtake_origin__()
        if whole.items is None:
            return iter(whole.get())
        return (_part(whole, "item", place) for place in range(whole.items))


def _stand_in(found: Any) -> Any:  # noqa: ANN401
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

    def __init__(self, function: Callable[..., Any], ledger: Ledger) -> None:
        self._function, self._ledger = function, ledger

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._function, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Look the call up; a drawing waits until somebody needs it."""
        if self._function.__name__.startswith(DRAWS):
            return _stand_in(values.defer(self._ledger, self._function, args, kwargs))
        return _stand_in(values.call(self._ledger, self._function, args, kwargs))


class TracedModule:
    """A module of the chapter's sections or of the models."""

    def __init__(self, module: types.ModuleType, ledger: Ledger) -> None:
        self._module, self._ledger = module, ledger

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        found = getattr(self._module, name)
        if isinstance(found, types.FunctionType | type) and _is_ours(found.__module__):
            return TracedFunction(found, self._ledger)
        return found


class TracedFacts:
    """Publishes facts, whose text is kept like any other result."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def publish(self, **sections: Any) -> None:  # noqa: ANN401
        """As `overtake.chapter.facts.publish`."""
        for name, found in sections.items():
            facts.require_free(name)
            text = values.call(self._ledger, facts.text_of, (name, found), {})
            session.write_text(facts.path_of(name), values.unwrapped(text))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(facts, name)


class TracedFigures:
    """Publishes figures, whose files are kept like any other result."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def publish(self, id: str, drawing: Any) -> None:  # noqa: ANN401
        """As `overtake.chapter.figures.publish`."""
        if keys.origin_of(drawing) is None:  # drawn in the cell
            figures.publish(id, drawing)
            return
        files = values.call(self._ledger, figures.files_of, (id, drawing), {})
        figures.write(values.unwrapped(files), session.Session.current().folder / figures.FOLDER)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(figures, name)


class TracedTables:
    """Loads tables when something needs them."""

    def __init__(self, digests: Mapping[str, str], ledger: Ledger) -> None:
        self._digests, self._ledger = digests, ledger

    def load(self, name: str) -> Any:  # noqa: ANN401
        """As `overtake.data.tables.load`, later."""
        return _stand_in(Loaded(self._ledger, name, self._digests[name], tables.load))

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


@dataclass(frozen=True)
class Tracer:
    """Gives cells what stands in for the modules and functions that they import."""

    ledger: Ledger
    tables: Mapping[str, str]

    def wrap(self, found: Any) -> Any:  # noqa: ANN401
        """Return what stands in cells for something that they import."""
        match found:
            case types.ModuleType(__name__=name) if name in _SPECIAL:
                return _SPECIAL[name](self)
            case types.ModuleType(__name__=name) if name in _SINKS:
                return TracedSink(found)
            case types.ModuleType() if _is_ours(found.__name__):
                return TracedModule(found, self.ledger)
            case types.FunctionType() | type() if _is_ours(found.__module__):
                return TracedFunction(found, self.ledger)
        return found


_SINKS = ("overtake.chapter.acceptance", "overtake.chapter.results")
_SPECIAL: Mapping[str, Callable[[Tracer], Any]] = {
    "overtake.chapter.facts": lambda tracer: TracedFacts(tracer.ledger),
    "overtake.chapter.figures": lambda tracer: TracedFigures(tracer.ledger),
    "overtake.data.tables": lambda tracer: TracedTables(tracer.tables, tracer.ledger),
}


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES


class WrapImports(ast.NodeTransformer):
    """Makes the import statements of cells wrap what they bring in from the project."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> list[ast.stmt]:
        """Put behind an import a statement that wraps each of its names."""
        if (node.module or "").partition(".")[0] not in (*PACKAGES, "overtake"):
            return [node]
        names = [each.asname or each.name for each in node.names]
        text = "\n".join(f"{name} = {WRAP}({name})" for name in names)
        wrapping = [ast.copy_location(each, node) for each in ast.parse(text).body]
        return [node, *map(ast.fix_missing_locations, wrapping)]


def install(shell: Any, tracer: Tracer) -> None:  # noqa: ANN401  (IPython's has no types)
    """Make the cells that this shell executes from now on look up their calls."""
    shell.user_ns[WRAP] = tracer.wrap
    shell.ast_transformers.append(WrapImports())
