"""Inputs of a run as hashes: tables with their schemas, modules, and what kept results go by."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from overtake.core import digests
from overtake.core.errors import ProjectError
from overtake.core.paths import Project
from overtake.data.tables import RULES_FILE
from overtake.runs import imports, recorded
from overtake.runs.engine import Kept
from overtake.runs.kept import entries
from overtake.runs.kept.stamps import stamp_of
from overtake.runs.recorded import RunInputs

PACKAGE_NAME = "datapackage.json"


def describe_kept(project: Project, inputs: RunInputs) -> Kept:
    """Return where results of sections are kept, and what the keys of this run's calls need."""
    files = {name: stamp_of(Path(name)) for name in _files(project, inputs)}
    closures = imports.closures(
        [name for name in inputs.modules if name.endswith(".py")], project.root
    )
    digested = of_modules(project, sorted({n for names in closures.values() for n in names}))
    modules = {
        _dotted(name): digests.of("".join(f"{each} {digested[each]}\n" for each in names).encode())
        for name, names in closures.items()
    }
    # Kept results stand for tables that nobody reads: how these are read and checked counts too.
    rules = of_modules(project, rules_of(project, inputs.tables))
    read_by = [modules["overtake.data.tables"], rules.get(RULES_FILE, "")]
    environment = " ".join([inputs.lock, inputs.python, *read_by])
    # As they are now: one that has changed since the run was planned is read as it is now.
    tables = of_tables(project, inputs.tables)
    return Kept(project.runs / entries.FOLDER, modules, tables, environment, files)


def _files(project: Project, inputs: RunInputs) -> list[str]:
    """Return the paths of all files that results of a run's sections may depend on."""
    tables = [each["path"] for each in _resources(project, inputs.tables).values()]
    package = project.data / PACKAGE_NAME
    paths = [*(project.root / name for name in inputs.modules), package]
    return [str(path) for path in (*paths, *(project.data / name for name in tables))]


def _dotted(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def of_modules(project: Project, names: Iterable[str]) -> dict[str, str]:
    """Hash files of the project by their names."""
    return {name: digests.of((project.root / name).read_bytes()) for name in names}


def rules_of(project: Project, names: Iterable[str]) -> list[str]:
    """Return the file of the rules if one of the tables has any: no import leads to it."""
    is_ruled = any(each.get("rules") for each in _resources(project, names).values())
    return [RULES_FILE] if is_ruled and (project.root / RULES_FILE).is_file() else []


def of_tables(project: Project, names: Iterable[str]) -> dict[str, str]:
    """Hash tables with their schemas: a changed constraint is a changed table."""
    return {
        name: of_table((project.data / resource["path"]).read_bytes(), resource)
        for name, resource in _resources(project, names).items()
    }


def _resources(project: Project, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    package = project.data / PACKAGE_NAME
    resources = {each["name"]: each for each in recorded.read_json(package)["resources"]}
    if unknown := [name for name in names if name not in resources]:
        raise ProjectError(f"no table is called {unknown[0]!r} in {package}")
    return {name: resources[name] for name in names}


def of_table(content: bytes, resource: Mapping[str, Any]) -> str:
    """Hash a table's file with what the data package says of it."""
    schema = json.dumps(resource, sort_keys=True).encode()
    return digests.of(content + b"\0" + schema)
