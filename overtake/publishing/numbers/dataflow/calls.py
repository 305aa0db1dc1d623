"""Calls followed: of sections, of models, and of what only hands on what it is given."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from overtake.publishing.numbers.dataflow.meanings import (
    CHAPTERS,
    MODELS,
    Inner,
    Mapped,
    Meaning,
    Method,
    Named,
    Names,
    Place,
    Prepared,
    as_origin,
    as_origins,
    is_list,
    is_property,
    looked_into,
    merged,
)
from overtake.publishing.numbers.dataflow.members import NUMBER, Members
from overtake.publishing.numbers.dataflow.origins import (
    ANY,
    NOTHING,
    Origin,
    Step,
    joined,
    listing,
    literal,
    marked,
)
from overtake.publishing.numbers.dataflow.sources import Function, Module

ROWS, ESTIMATE = "rows", "estimate"
"""Parts of a drawing and of a headline number."""
_PICK, _FIELDS = "overtake.chapter.parameters.pick", "dataclasses.fields"
_MACHINERY = "overtake."
_Args = Sequence[Meaning]
_Kwargs = Mapping[str, Meaning]


class Calls(Members):
    """Follows calls."""

    def call(self, node: ast.Call, names: Names, place: Place) -> Meaning:
        """Return what a call gives."""
        function = self.meaning(node.func, names, place)
        if function == Named(_PICK):
            return _picked(self.origin(node.args[1], names, place), names)
        if function == Named(_FIELDS):
            return self._fields_named(self.meaning(node.args[0], names, place))
        args, named = self.given(node, names, place)
        return self.apply(function, args, named, place)

    def given(
        self, node: ast.Call, names: Names, place: Place
    ) -> tuple[list[Meaning], dict[str, Meaning]]:
        """Return what the arguments of a call stand for, by place and by name."""
        args: list[Meaning] = []
        for argument in node.args:
            if not isinstance(argument, ast.Starred):
                args.append(self.meaning(argument, names, place))
                continue
            several = self.origin(argument.value, names, place)
            args += several.parts.values() if is_list(several) else [several.element]
        named: dict[str, Meaning] = {}
        for each in node.keywords:
            value = self.meaning(each.value, names, place)
            if each.arg is not None:
                named[each.arg] = value
            elif isinstance(value, Origin) and value.parts:
                named |= value.parts
            else:
                named[ANY] = value
        return args, named

    def apply(self, function: Meaning, args: _Args, named: _Kwargs, place: Place) -> Meaning:
        """Return what a function makes of its arguments."""
        match function:
            case Mapped(owner, method):
                return looked_into(owner, method, [as_origin(each) for each in args])
            case Method():
                return self._of_object(function, args, named, place)
            case Inner(definition, outer):
                bound = self._bound(definition, args, named, place.module)
                return self.inner(definition, bound, outer, place)
            case Prepared(inner, before, names):
                return self.apply(inner, [*before, *args], {**names, **named}, place)
            case Named(dotted):
                call = self._handing_on.get(dotted) or partial(Calls._of_project, dotted=dotted)
                return call(self, args, named, place)
        return joined([function.whole, self._all(args, named, place)]).fresh

    def _of_object(self, method: Method, args: _Args, named: _Kwargs, place: Place) -> Origin:
        owner, module, definition = method.owner, method.module, method.node
        if not module.name.startswith(MODELS):
            first = [] if _is_static(definition) else [owner]
            bound = self._bound(definition, [*first, *args], named, module)
            return self.run(module, definition, bound, place)
        given = joined([owner.whole, self._all(args, named, place)])
        if is_property(definition):
            return given
        return _stepped(module.method(definition), given, place)

    def _of_project(self, args: _Args, named: _Kwargs, place: Place, *, dotted: str) -> Meaning:
        is_ours = not dotted.startswith(_MACHINERY)
        if not is_ours or not (found := self.sources.definition(dotted)):
            return self._all(args, named, place)
        module, name = found
        if name in module.classes:
            return self._constructed(module, name, args, named, place)
        definition = module.functions.get(name)
        if not isinstance(definition, ast.FunctionDef):
            return self._all(args, named, place)
        if module.name.startswith(MODELS):
            return self._of_model(module, definition, self._all(args, named, place), place)
        return self._of_section(module, definition, args, named, place)

    def _of_model(
        self, module: Module, definition: ast.FunctionDef, given: Origin, place: Place
    ) -> Origin:
        """Return what a model returns; only the names in a dictionary are looked up in it."""
        result = _stepped(module.function(definition.name), given, place)
        if not definition.returns or not ast.unparse(definition.returns).startswith("dict[str"):
            return result
        bound = self._bound(definition, [], {}, module)
        parts = self.run(module, definition, bound, Place(module, module.name)).parts
        is_known = parts and ANY not in parts
        return Origin(parts=dict.fromkeys(parts, result)) if is_known else result

    def _of_section(
        self,
        module: Module,
        definition: ast.FunctionDef,
        args: _Args,
        named: _Kwargs,
        place: Place,
    ) -> Origin:
        bound = self._bound(definition, args, named, module)
        if place.section:
            return self.run(module, definition, bound, place)
        function = module.function(definition.name)
        value = self.run(module, definition, bound, Place(module, function.dotted))
        origins = map(as_origin, (*args, *named.values()))
        given = frozenset(id(each) for one in origins for each in one.reachable())
        return marked(value, Step(function), given, but={NUMBER})

    def _constructed(
        self, module: Module, name: str, args: _Args, named: _Kwargs, place: Place
    ) -> Origin:
        fields, kind = self.fields(module, name), f"{module.name}.{name}"
        if len(args) > len(fields):
            return replace(self._all(args, named, place), kind=kind)
        given = {**dict(zip(fields, args, strict=False)), **named}
        return Origin(parts=as_origins(given), kind=kind)

    def _all(self, args: _Args, named: _Kwargs, place: Place) -> Origin:
        """Return all that arguments are made of, and what functions among them make of these."""
        several = (*args, *named.values())
        given = joined(as_origin(each).whole for each in several).fresh
        made = [self.apply(each, [given], {}, place) for each in several if _is_callable(each)]
        return joined([given, *(as_origin(each).whole for each in made)]).fresh

    def _bound(
        self,
        definition: ast.FunctionDef | ast.Lambda,
        args: _Args,
        named: _Kwargs,
        module: Module,
    ) -> Names:
        """Return what the arguments of a function stand for in its body."""
        taken = definition.args
        places = [each.arg for each in (*taken.posonlyargs, *taken.args)]
        keywords = [each.arg for each in taken.kwonlyargs]
        own = (*places, *keywords)
        others = {key: each for key, each in named.items() if key not in own}
        bound: Names = dict.fromkeys(own, joined(map(as_origin, others.values())))
        bound |= {
            key: self.meaning(default, {}, Place(module))
            for key, default in (
                *zip(places[::-1], taken.defaults[::-1], strict=False),
                *zip(keywords, taken.kw_defaults, strict=True),
            )
            if default is not None
        }
        bound |= dict(zip(places, args, strict=False))
        bound |= {key: each for key, each in named.items() if key in own}
        if taken.vararg:
            bound[taken.vararg.arg] = listing(map(as_origin, args[len(places) :]))
        if taken.kwarg:
            bound[taken.kwarg.arg] = Origin(parts=as_origins(others))
        return bound

    def _fields_named(self, meaning: Meaning) -> Origin:
        found = self.sources.definition(meaning.dotted) if isinstance(meaning, Named) else None
        if found is None or found[1] not in found[0].classes:
            return NOTHING
        return listing(Origin(parts={"name": literal(each)}) for each in self.fields(*found))

    # What only hands on

    def _table(self, args: _Args, _named: _Kwargs, _place: Place) -> Origin:
        return Origin(tables=frozenset({str(as_origin(args[0]).literal)}))

    def _number(self, args: _Args, named: _Kwargs, _place: Place) -> Origin:
        estimate = args[0] if args else named[ESTIMATE]
        return Origin(parts={ESTIMATE: as_origin(estimate)}, kind=NUMBER)

    def _drawing(self, args: _Args, named: _Kwargs, _place: Place) -> Origin:
        return Origin(
            parts=as_origins({**dict(zip(("figure", ROWS), args, strict=False)), **named})
        )

    def _replaced(self, args: _Args, named: _Kwargs, _place: Place) -> Origin:
        return as_origin(args[0]).with_parts(as_origins(named))

    def _prepared(self, args: _Args, named: _Kwargs, _place: Place) -> Meaning:
        return Prepared(args[0], args[1:], named)

    def _entered(self, args: _Args, named: _Kwargs, _place: Place) -> Origin:
        entries = Origin(parts=as_origins(named))
        return merged(as_origin(args[0]), entries) if args else entries

    def _listed(self, args: _Args, _named: _Kwargs, _place: Place) -> Origin:
        return as_origin(args[0]) if args else NOTHING

    def _ordered(self, args: _Args, _named: _Kwargs, _place: Place) -> Origin:
        return Origin(parts={ANY: as_origin(args[0]).element}) if args else NOTHING

    def _of_each(self, args: _Args, _named: _Kwargs, place: Place) -> Origin:
        several = [as_origin(each) for each in args[1:]]
        are_known = all(map(is_list, several))
        rows = (
            zip(*(each.parts.values() for each in several), strict=False)
            if are_known
            else [[each.element for each in several]]
        )
        made = [as_origin(self.apply(args[0], [*row], {}, place)) for row in rows]
        return listing(made) if are_known else Origin(parts={ANY: joined(made)})

    _handing_on: ClassVar[Mapping[str, Callable[..., Meaning]]] = {
        "overtake.data.tables.load": _table,
        NUMBER: _number,
        "overtake.chapter.figures.Drawing": _drawing,
        "dataclasses.replace": _replaced,
        "functools.partial": _prepared,
        "builtins.map": _of_each,
        "builtins.dict": _entered,
        "builtins.list": _listed,
        "builtins.tuple": _listed,
        "builtins.sorted": _ordered,
        "builtins.reversed": _ordered,
        "builtins.set": _ordered,
    }


def _stepped(function: Function, given: Origin, place: Place) -> Origin:
    """Return what a model makes; in a cell, of data only: else it prepares for what is to come."""
    if not (place.section or given.tables or given.steps):
        return given
    return replace(given, steps=(Step(function, place.section), *given.steps))


def _picked(wanted: Origin, names: Names) -> Origin:
    """Return the parameters of these names; any of all, if the source doesn't say which."""
    texts = [str(each.literal) for each in wanted.parts.values()]
    if texts and all(text in names for text in texts):
        return Origin(parts={text: as_origin(names[text]) for text in texts})
    origins = [each for each in names.values() if isinstance(each, Origin)]
    return joined(Origin(parameters=each.parameters) for each in origins)


def _is_callable(meaning: Meaning) -> bool:
    """Whether what a function makes of something can be told."""
    match meaning:
        case Inner() | Prepared():
            return True
        case Named(dotted):
            return dotted.startswith((CHAPTERS, MODELS))
    return False


def _is_static(node: ast.FunctionDef) -> bool:
    return any(ast.unparse(each) == "staticmethod" for each in node.decorator_list)
