"""The software bill of materials of a version: CycloneDX, the same bytes for the same lock."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    XsUri,
)
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from overtake.core import digests, locked
from overtake.core.paths import Project
from overtake.publishing import publication
from overtake.publishing.releasing import licences
from overtake.publishing.releasing.licences import Licence

_HASHES = {"sha256": HashAlgorithm.SHA_256}
_LICENCE_OF_CODE = "MIT"
_Package = Mapping[str, Any]
_Node = tuple[str, str]
"""A package, and one of its extras or, where that is empty, itself."""


def bill(project: Project) -> str:
    """List everything that the locked environment holds.

    Parameters
    ----------
    project : Project
        The checkout; its ``CITATION.cff`` says which version it is.

    Returns
    -------
    str
        CycloneDX 1.6 as JSON: each package with version, licence, the address
        and SHA-256 of each of its files, and what it needs. What only checks
        and tests need has the scope ``excluded``. It holds no clock and no
        chance: the date is the version's, the serial number a hash of the lock.

    Raises
    ------
    ReleaseError
        If a package has no licence that is allowed.
    """
    known, packages = licences.require_allowed(project), locked.packages(project)
    needed = _reached(packages)
    published = publication.read(project)
    ours = _ours(published.version)
    components = {
        _identity(package): _component(package, known, is_needed=package["name"] in needed)
        for package in packages
        if package["name"] != locked.OURS
    }
    bom = Bom(
        serial_number=uuid5(NAMESPACE_URL, f"{published.version} {digests.of_file(project.lock)}"),
        metadata=BomMetaData(
            component=ours,
            timestamp=datetime.combine(published.released, time(), UTC),
        ),
        components=components.values(),
    )
    for package in packages:
        component = components.get(_identity(package), ours)
        bom.register_dependency(component, _needs(package, components))
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _ours(version: str) -> Component:
    return Component(
        name=locked.OURS,
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=locked.OURS,
        licenses=[LicenseExpression(_LICENCE_OF_CODE)],
    )


def _component(package: _Package, known: Mapping[str, Licence], *, is_needed: bool) -> Component:
    name, version = _identity(package)
    address = PackageURL("pypi", name=name, version=version)
    return Component(
        name=name,
        version=version,
        bom_ref=str(address),
        purl=address,
        scope=ComponentScope.REQUIRED if is_needed else ComponentScope.EXCLUDED,
        licenses=[LicenseExpression(known[name].expression)],
        external_references=[_file(file) for file in _files(package)],
    )


def _files(package: _Package) -> Iterator[_Package]:
    if "sdist" in package:
        yield package["sdist"]
    yield from package.get("wheels", [])


def _file(file: _Package) -> ExternalReference:
    algorithm, _, digest = file["hash"].partition(":")
    return ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(file["url"]),
        hashes=[HashType(alg=_HASHES[algorithm], content=digest)],
    )


def _needs(
    package: _Package, components: Mapping[tuple[str, str], Component]
) -> Iterable[Component]:
    """Return every version that the package may get, whatever the Python or the system."""
    names = {dependency["name"] for dependency in _dependencies(package)}
    return [component for (name, _), component in components.items() if name in names]


def _dependencies(package: _Package) -> Iterator[_Package]:
    """Yield what a package and its extras ask for."""
    yield from package.get("dependencies", [])
    for extra in package.get("optional-dependencies", {}).values():
        yield from extra


def _reached(packages: Iterable[_Package]) -> set[str]:
    """Return the names of what the project needs, over dependencies and the extras asked for."""
    needs: dict[_Node, set[_Node]] = {}
    for package in packages:
        groups = {"": package.get("dependencies", []), **package.get("optional-dependencies", {})}
        for extra, asked in groups.items():
            needs.setdefault((package["name"], extra), set()).update(_nodes(asked))
    seen: set[_Node] = set()
    waiting: set[_Node] = {(locked.OURS, "")}
    while waiting:
        seen |= waiting
        waiting = {after for node in waiting for after in needs.get(node, ())} - seen
    return {name for name, _ in seen}


def _nodes(dependencies: Iterable[_Package]) -> Iterator[_Node]:
    for dependency in dependencies:
        for extra in ("", *dependency.get("extra", [])):
            yield dependency["name"], extra


def _identity(package: _Package) -> tuple[str, str]:
    return package["name"], package.get("version", "")
