"""A run as a research object: Process Run Crate 0.5, with everything that it was made from.

The crate holds no clock, because a run has none: the same run gives the same bytes. The
times of its action are days between which it was executed: no run begins before the newest of
its tables was retrieved, and none that a release shows ends after the day of that release.
"""

import json
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from rocrate.rocrate import ROCrate

from overtake.chapter import parameters
from overtake.chapter.parameters import ParameterDescription
from overtake.core import digests, locked
from overtake.core.errors import InputsNotAtHandError, RecordError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.data.tables import PACKAGE_FILE, Licence
from overtake.publishing import at_hand
from overtake.publishing.citations.catalogue import references_of
from overtake.publishing.publication import LICENCE, Publication
from overtake.runs import chapter_parameters
from overtake.runs.recorded import RECORD_NAME, Recorded

METADATA_NAME = "ro-crate-metadata.json"
RUN_FOLDER = "run/"
"""Where a crate holds the files of its run; its inputs stand where a checkout has them."""
DATA_FOLDER = "data/"
PACKAGE_PATH = f"{DATA_FOLDER}{PACKAGE_FILE}"
LOCK_PATH = "uv.lock"

_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_TERMS = {name: f"http://schema.org/{name}" for name in ("creditText", "sha256")}
"""What the context of RO-Crate 1.1 lacks, where that of 1.2 has it."""
_FORMAL_PARAMETER = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"
_MEDIA_TYPES = {
    ".csv": "text/csv", ".ipynb": "application/x-ipynb+json", ".json": "application/json",
    ".lock": "application/toml", ".pdf": "application/pdf", ".png": "image/png",
    ".py": "text/x-python", ".svg": "image/svg+xml",
}  # fmt: skip
_SCHEMA_TYPES = {"int": "Integer", "float": "Float", "bool": "Boolean", "str": "Text"}

_Entity = Any  # of ro-crate-py, which has no types


def pack(project: Project, published: Publication, recorded: Recorded, figure: str = "") -> bytes:
    """Pack a run, for the sake of one of its figures if one is named, into a crate.

    It is a zip archive, the same for the same run and release.
    """
    at_hand.require_inputs(project, recorded)
    if recorded.folder is None:
        raise InputsNotAtHandError(
            f"the files of run {recorded.id} are not at hand, only {recorded.place}; "
            "`make book` makes them"
        )
    if damaged := recorded.damaged_files():
        raise RecordError(
            f"run {recorded.id}: {', '.join(damaged)} is not what the record says; "
            f"`overtake verify {recorded.id}` says which bytes differ"
        )
    return digests.pack(contents(project, published, recorded, figure))


def contents(
    project: Project, published: Publication, recorded: Recorded, figure: str = ""
) -> dict[str, bytes]:
    """Return the files of a crate by name; the run's files and inputs must be at hand."""
    crate = _Crate(project, published, recorded)
    crate.describe_root(figure, crate.action())
    metadata = json.dumps(
        crate.graph.metadata.generate(), indent=1, sort_keys=True, ensure_ascii=False
    )
    return {**crate.files, METADATA_NAME: f"{metadata}\n".encode()}


def name_of(recorded: Recorded, figure: str = "") -> str:
    """Return in words what a crate is of."""
    run = f"run {recorded.id} of {recorded.inputs.chapter}"
    return f"figure {figure}, {run}" if figure else run


def page_of(figure: str) -> str:
    """Return the path of the page that a crate is of, from the book's root."""
    return f"/figures/{figure}/" if figure else "/"


def notebook_path(chapter: str) -> str:
    """Return where a crate, as a checkout, has the notebook of a chapter."""
    return f"chapters/{chapter}.ipynb"


@dataclass(frozen=True)
class _Crate:
    """A crate in the making: its metadata, and what the archive will hold besides."""

    project: Project
    published: Publication
    recorded: Recorded
    graph: ROCrate = field(default_factory=lambda: ROCrate(version="1.1"))
    files: dict[str, bytes] = field(default_factory=dict)

    def action(self) -> _Entity:
        inputs = self.recorded.inputs
        declared = parameters.describe(chapter_parameters.of_chapter(inputs.chapter))
        values = [self._value(each, inputs.parameters[each.name]) for each in declared]
        return self._add(
            f"#run-{inputs.id}",
            "CreateAction",
            name=f"Run {inputs.id} of {inputs.chapter}",
            description=(
                f"papermill executed the notebook {inputs.chapter}.ipynb with "
                "the parameters given here. The run's id is a hash of notebook, parameters, "
                "tables, modules and locked environment. No clock is recorded: its times are the "
                "days between which it was executed."
            ),
            startTime=self._earliest(),
            endTime=self.published.released.isoformat(),
            actionStatus="http://schema.org/CompletedActionStatus",
            instrument=self._notebook([value["exampleOfWork"] for value in values]),
            agent=self._authors()[0],
            object=[*self._tables(), *values],
            result=self._outputs(),
        )

    def _earliest(self) -> str:
        """Return the day on which all of the tables were there, "" if there are none."""
        days = [tables.describe(name).retrieved for name in self.recorded.inputs.tables]
        return min(max(days), self.published.released.isoformat()) if days else ""

    def describe_root(self, figure: str, action: _Entity) -> None:
        published, name = self.published, name_of(self.recorded, figure)
        page = page_of(figure)
        self.graph.metadata.extra_terms.update(_TERMS)
        _say(
            self.graph.root_dataset,
            name=f"{published.short_title}: {name}",
            description=(
                f"Everything behind {name}, of {published.title}, version "
                f"{published.version}. `overtake verify` proves this file."
            ),
            datePublished=published.released.isoformat(),
            license=self._licence(LICENCE),
            author=_compact(self._authors()),
            publisher=self._authors()[0],
            version=published.version,
            conformsTo=self._add(_PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"),
            mentions=action,
            keywords=", ".join((self.recorded.id, *self.recorded.figures)),
            mainEntity=self.graph.get(f"{RUN_FOLDER}figures/{figure}.svg") if figure else "",
            url=published.address(page) if published.site else "",
        )

    def _notebook(self, formal: list[_Entity]) -> _Entity:
        chapter = self.recorded.inputs.chapter
        return _say(
            self._code(notebook_path(chapter), f"Chapter {chapter}, without outputs"),
            input=formal,
            hasPart=[self._code(name, name) for name in self.recorded.inputs.modules],
            softwareRequirements=self._software(),
        )

    def _code(self, path: str, name: str) -> _Entity:
        return self._input(
            path,
            ["File", "SoftwareSourceCode"],
            name=name,
            version=self.published.version,
            url=self.published.repository or "",
            programmingLanguage=self._python(),
            license=self._licence(_spdx(self.published.code_licence)),
        )

    def _software(self) -> list[_Entity]:
        """Add what was locked; the lock file itself names all that these need."""
        packages = [
            self._add(
                f"https://pypi.org/project/{name}/{version}/",
                "SoftwareApplication",
                name=name,
                softwareVersion=version,
                url=f"https://pypi.org/project/{name}/",
            )
            for name, version in locked.direct(self.project).items()
        ]
        lock = self._input(LOCK_PATH, name="The locked environment")
        return [self._python(), *packages, lock]

    def _python(self) -> _Entity:
        version = self.recorded.inputs.python
        return self._add(
            f"https://docs.python.org/{version}/",
            ["ComputerLanguage", "SoftwareApplication"],
            name="Python",
            softwareVersion=version,
            url="https://www.python.org/",
        )

    def _value(self, row: ParameterDescription, value: object) -> _Entity:
        kind = self._add(
            _FORMAL_PARAMETER, "CreativeWork", name="FormalParameter", version="1.0-RELEASE"
        )
        formal = self._add(
            f"#parameter-{row.name}",
            "FormalParameter",
            name=row.name,
            description=f"{row.meaning} Allowed: {row.bounds}. Default's source: {row.source}.",
            additionalType=_SCHEMA_TYPES.get(row.type, "Text"),
            defaultValue=str(row.default),
            valueRequired="False",
            conformsTo=kind,
        )
        return self._add(
            f"#value-{row.name}",
            "PropertyValue",
            name=row.name,
            value=value if isinstance(value, bool | int | float | str) else json.dumps(value),
            unitText=row.unit,
            exampleOfWork=formal,
        )

    def _tables(self) -> list[_Entity]:
        name = "Description of the tables: columns, units, rules, sources, licences"
        described = self._input(PACKAGE_PATH, name=name)
        return [*map(self._table, self.recorded.inputs.tables), described]

    def _table(self, name: str) -> _Entity:
        table = tables.describe(name)
        sources = [
            self._add(source.address or f"#{source.key}", "CreativeWork",
                      name=source.title, creditText=source.sentence)
            for source in references_of(self.project, table.sources)
        ]  # fmt: skip
        return self._input(
            f"{DATA_FOLDER}{table.path}",
            name=table.title,
            description=" ".join([table.description, *table.caveats]),
            version=table.vintage,
            temporalCoverage=f"../{table.reaches}",
            creditText=table.credit,
            license=_compact([self._licence(licence) for licence in table.licenses]),
            isBasedOn=_compact(sources),
        )

    def _outputs(self) -> list[_Entity]:
        assert self.recorded.folder is not None
        licence, folder = self._licence(LICENCE), self.recorded.folder
        return [
            self._file(f"{RUN_FOLDER}{name}", (folder / name).read_bytes(),
                       name=name, license=licence)
            for name in (*self.recorded.outputs, RECORD_NAME)
        ]  # fmt: skip

    def _authors(self) -> list[_Entity]:
        ours = self.published.repository or self.published.site or ""
        return [
            self._add(
                author.orcid or f"#author-{position}",
                "Person" if author.given else "Organization",
                name=author.name,
                url="" if author.given else ours,
            )
            for position, author in enumerate(self.published.authors, 1)
        ]

    def _licence(self, licence: Licence) -> _Entity:
        return self._add(
            licence.path,
            "CreativeWork",
            name=licence.title,
            identifier=licence.name,
            description=f"The licence {licence.title}.",
        )

    def _input(self, path: str, kind: str | list[str] = "File", **about: object) -> _Entity:
        """Add a file of the checkout; tables come from the state of the data in use."""
        table = path.startswith(DATA_FOLDER)
        at = (
            self.project.data / path.removeprefix(DATA_FOLDER)
            if table
            else self.project.root / path
        )
        return self._file(path, at.read_bytes(), kind, **about)

    def _file(
        self, path: str, content: bytes, kind: str | list[str] = "File", **about: object
    ) -> _Entity:
        self.files[path] = content
        return self.graph.get(path) or _say(
            self.graph.add_file(dest_path=path, properties={"@type": kind}),
            encodingFormat=_MEDIA_TYPES.get(PurePath(path).suffix, ""),
            contentSize=str(len(content)),
            sha256=digests.of(content),
            **about,
        )

    def _add(self, id: str, kind: str | list[str], **about: object) -> _Entity:
        return self.graph.get(id) or _say(
            self.graph.add_jsonld({"@id": id, "@type": kind}), **about
        )


def _say(entity: _Entity, **about: object) -> _Entity:
    """Say more of an entity; what is "" is not said."""
    for name, value in about.items():
        if value != "":
            entity[name] = value
    return entity


def _compact(entities: list[_Entity]) -> _Entity | list[_Entity]:
    """Return a single entity by itself, as RO-Crate recommends."""
    return entities[0] if len(entities) == 1 else entities


def _spdx(name: str) -> Licence:
    """Return a licence by its identifier of SPDX."""
    return Licence(name, name, f"https://spdx.org/licenses/{name}")
