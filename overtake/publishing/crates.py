"""A run as a research object: Process Run Crate 0.5, with everything that it was made from.

The crate holds no clock, because a run has none: the same run gives the same bytes, and the
action has no end time.
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
from overtake.data.tables import Licence
from overtake.publishing.citations.catalogue import references_of
from overtake.publishing.publication import LICENCE, Publication
from overtake.publishing.verification import proof
from overtake.publishing.verification.subject import RUN_IN_CRATE, Subject
from overtake.runs import chapter_parameters
from overtake.runs.recorded import RECORD_NAME, Recorded

_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_TERMS = "https://w3id.org/ro/terms/workflow-run/context"
_FORMAL_PARAMETER = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"
_CODE_LICENCE = Licence("MIT", "MIT License", "https://spdx.org/licenses/MIT")
_MEDIA_TYPES = {
    ".csv": "text/csv", ".ipynb": "application/x-ipynb+json", ".json": "application/json",
    ".lock": "application/toml", ".pdf": "application/pdf", ".png": "image/png",
    ".py": "text/x-python", ".svg": "image/svg+xml",
}  # fmt: skip
_SCHEMA_TYPES = {"int": "Integer", "float": "Float", "bool": "Boolean", "str": "Text"}

_Entity = Any  # of ro-crate-py, which has no types


def pack(project: Project, published: Publication, subject: Subject) -> bytes:
    """Pack a run into a crate: a zip archive, the same for the same run and release."""
    recorded = subject.recorded
    proof.require_inputs(project, recorded)
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
    crate = _Crate(project, published, recorded)
    crate.describe_root(subject, crate.action())
    metadata = json.dumps(
        crate.graph.metadata.generate(), indent=1, sort_keys=True, ensure_ascii=False
    )
    return digests.pack({**crate.files, "ro-crate-metadata.json": f"{metadata}\n".encode()})


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
                "tables, modules and locked environment."
            ),
            actionStatus="http://schema.org/CompletedActionStatus",
            instrument=self._notebook([value["exampleOfWork"] for value in values]),
            agent=self._authors()[0],
            object=[*self._tables(), *values],
            result=self._outputs(),
        )

    def describe_root(self, subject: Subject, action: _Entity) -> None:
        published, figure = self.published, subject.figure
        page = f"/figures/{figure}/" if figure else "/"
        self.graph.metadata.extra_contexts.append(_TERMS)
        _say(
            self.graph.root_dataset,
            name=f"{published.short_title}: {subject.name}",
            description=(
                f"Everything behind {subject.name}, of {published.title}, version "
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
            mainEntity=self.graph.get(f"{RUN_IN_CRATE}figures/{figure}.svg") if figure else "",
            url=published.address(page) if published.site else "",
        )

    def _notebook(self, formal: list[_Entity]) -> _Entity:
        chapter = self.recorded.inputs.chapter
        path = self.project.chapter(chapter).relative_to(self.project.root).as_posix()
        return _say(
            self._code(path, f"Chapter {chapter}, without outputs"),
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
            license=self._licence(_CODE_LICENCE),
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
        lock = self._input(self.project.lock.name, name="The locked environment")
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
        described = self._input("data/datapackage.json", name=name)
        return [*map(self._table, self.recorded.inputs.tables), described]

    def _table(self, name: str) -> _Entity:
        table = tables.describe(name)
        sources = [
            self._add(source.address or f"#{source.key}", "CreativeWork",
                      name=source.title, creditText=source.sentence)
            for source in references_of(self.project, table.sources)
        ]  # fmt: skip
        return self._input(
            f"data/{table.path}",
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
            self._file(f"{RUN_IN_CRATE}{name}", (folder / name).read_bytes(),
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
        """Add a file of the checkout."""
        return self._file(path, (self.project.root / path).read_bytes(), kind, **about)

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
