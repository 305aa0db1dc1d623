"""``CITATION.cff``, read strictly: what it says is used, or refused with its line.

The Citation File Format 1.2.0 knows more names than these. One that no page, citation or
deposit of the book would carry is refused like one that is misspelt: what an author writes
down must not get lost without a word.
"""

import difflib
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from overtake.core import plain_yaml
from overtake.core.errors import PublicationError

_VERSION = re.compile(r"[0-9A-Za-z]+([.+-][0-9A-Za-z]+)*")
_ORCID = re.compile(r"https://orcid\.org/((?:\d{4}-){3}\d{3}[\dX])")
_DOI = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")
_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s?#]*")
_RESOLVER = re.compile(r"https?://(www\.)?(w3id\.org|purl\.org|n2t\.net|arks\.org)(/|$)")
_PERSISTENT = re.compile(r"https://(w3id\.org|purl\.org|(n2t\.net|arks\.org)/ark:/?\d{5,9})/\S+")
"""Addresses of services that lead on what is appended to a name, wherever it stands by now."""


def _line(text: object) -> object:
    return " ".join(text.split()) if isinstance(text, str) else text


def require_version(text: str) -> str:
    """Return a version, which is safe as a file's name and in an address; a ValueError else."""
    if not _VERSION.fullmatch(text):
        raise ValueError(f"{text!r} is no version, such as 1.2.0")
    return text


def require_address(text: str) -> str:
    """Return a web address without a slash at its end; a ValueError if it is none."""
    if not _ADDRESS.fullmatch(text):
        raise ValueError(f"{text!r} is no web address, such as https://example.org/book")
    return text.rstrip("/")


def _doi(text: str) -> str:
    if not _DOI.fullmatch(text):
        raise ValueError(f"{text!r} is no DOI, such as 10.5281/zenodo.1003150, without a resolver")
    return text


def _orcid(text: str) -> str:
    """Check the form, and the last digit, which ISO 7064 (MOD 11-2) computes from the others."""
    if not (found := _ORCID.fullmatch(text)):
        raise ValueError(f"{text!r} is no ORCID, such as https://orcid.org/0000-0002-1825-0097")
    digits = found[1].replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    expected = (12 - total % 11) % 11
    if digits[-1] != ("X" if expected == 10 else str(expected)):  # noqa: PLR2004  (ISO 7064: X is 10)
        raise ValueError(f"{text!r} has a wrong digit: its check digit does not fit")
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date, such as 2026-11-24") from None


_Text = Annotated[str, BeforeValidator(_line), StringConstraints(min_length=1)]
_Address = Annotated[_Text, AfterValidator(require_address)]
_Doi = Annotated[_Text, AfterValidator(_doi)]
_Day = Annotated[date, BeforeValidator(_day)]
_Version = Annotated[_Text, AfterValidator(require_version)]


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=lambda name: name.replace("_", "-")
    )


class Signatory(_Part):
    """An author or a contact: a person by the parts of the name, or a body by its `name`."""

    name: _Text | None = None
    family_names: _Text | None = None
    given_names: _Text | None = None
    name_particle: _Text | None = None
    name_suffix: _Text | None = None
    alias: _Text | None = None
    affiliation: _Text | None = None
    orcid: Annotated[_Text, AfterValidator(_orcid)] | None = None
    website: _Address | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        person = (self.family_names, self.given_names, self.name_particle, self.name_suffix)
        if self.name and (any(person) or self.affiliation):
            raise ValueError("a body has a name; family-names and affiliation are a person's")
        if not (self.name or self.family_names or self.given_names or self.alias):
            raise ValueError("neither name (of a body) nor family-names (of a person) is given")
        return self


class Identifier(_Part):
    """Another identifier of the same work."""

    type: Literal["doi", "url", "swh", "other"]
    value: _Text
    description: _Text | None = None

    @model_validator(mode="after")
    def _has_the_form_of_its_type(self) -> Self:
        if self.type == "doi":
            _doi(self.value)
        if self.type == "url":
            require_address(self.value)
            if _RESOLVER.match(self.value) and not _PERSISTENT.fullmatch(self.value):
                raise ValueError(
                    f"{self.value!r} is no persistent address, such as https://w3id.org/book or "
                    "https://n2t.net/ark:12345/book"
                )
        return self

    @property
    def is_persistent(self) -> bool:
        """Whether it is an address at a service that leads on from it to the book."""
        return self.type == "url" and _PERSISTENT.fullmatch(self.value) is not None


class Report(_Part):
    """What is to be cited, if that is another thing than the software: the report."""

    type: Literal["report"]
    title: _Text
    authors: Annotated[list[Signatory], Field(min_length=1)]
    doi: _Doi | None = None
    url: _Address | None = None
    license: _Text | None = None
    version: _Version | None = None
    date_released: _Day | None = None


class CitationFile(_Part):
    """All that the file may say."""

    cff_version: Literal["1.2.0"]
    message: _Text
    title: _Text
    authors: Annotated[list[Signatory], Field(min_length=1)]
    version: _Version
    date_released: _Day
    abstract: _Text | None = None
    type: Literal["software"] = "software"
    contact: Annotated[list[Signatory], Field(min_length=1)] | None = None
    doi: _Doi | None = None
    identifiers: Annotated[list[Identifier], Field(min_length=1)] | None = None
    url: _Address | None = None
    repository_code: _Address | None = None
    license: _Text | None = None
    keywords: Annotated[list[_Text], Field(min_length=1)] | None = None
    preferred_citation: Report | None = None

    @model_validator(mode="after")
    def _says_the_same_twice(self) -> Self:
        report = self.preferred_citation
        for name in ("version", "date_released", "url"):
            again = getattr(report, name, None)
            if again is not None and again != getattr(self, name):
                raise ValueError(
                    f"preferred-citation has another {name.replace('_', '-')} than the file; a "
                    "release writes version and date in both places"
                )
        return self

    @model_validator(mode="after")
    def _leads_on_from_one_address(self) -> Self:
        if len(found := self._persistent) > 1:
            raise ValueError(f"identifiers has two persistent addresses: {' and '.join(found)}")
        if found and not self.url:
            raise ValueError(f"{found[0]} leads nowhere: without url the book has no address")
        return self

    @property
    def _persistent(self) -> list[str]:
        return [each.value for each in self.identifiers or () if each.is_persistent]

    @property
    def persistent(self) -> str:
        """The address from which a service leads on to the book, no slash at its end; or ""."""
        return next(iter(self._persistent), "").rstrip("/")


def read(path: Path) -> CitationFile:
    """Read the file; a `PublicationError` names each place that is wrong with its line."""
    content = plain_yaml.read(path, PublicationError)
    try:
        return CitationFile.model_validate(content)
    except ValidationError as problem:
        text = plain_yaml.text_of(path)
        told = [_complaint(text, error) for error in problem.errors(include_url=False)]
        raise PublicationError("\n".join(f"{path}: {each}" for each in told)) from None


def _complaint(text: str, error: Any) -> str:  # noqa: ANN401  (pydantic's `ErrorDetails`)
    place: Sequence[str | int] = error["loc"]
    line = plain_yaml.line_of(text, place)
    named = ".".join(map(str, place))
    if error["type"] == "missing":
        return f"line {line}: {named} is missing"
    if error["type"] == "extra_forbidden":
        return f"line {line}: {_unknown(place)}"
    return f"line {line}: {named or 'the file'}: {error['msg'].removeprefix('Value error, ')}"


def _unknown(place: Sequence[str | int]) -> str:
    *before, name = place
    model: type[_Part] = CitationFile
    for step in before:
        if not isinstance(step, int):
            model = _PARTS[str(step)]
    known = [field.alias or "" for field in model.model_fields.values()]
    near = difflib.get_close_matches(str(name), known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    return (
        f"{name!r} is nothing that the book would carry anywhere, so it may not stand there; {hint}"
    )


_PARTS: dict[str, type[_Part]] = {
    "authors": Signatory,
    "contact": Signatory,
    "identifiers": Identifier,
    "preferred-citation": Report,
}
