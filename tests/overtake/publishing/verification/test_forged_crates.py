"""No crate is called reproduced of which any one thing was changed, added, removed or reordered.

Each forgery is judged as ``overtake verify`` does, with one repetition for all of them.
"""

import io
import json
import runpy
import stat
import zipfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from overtake.core import digests
from overtake.core.errors import OvertakeError
from overtake.core.paths import ROOT_VARIABLE, Project
from overtake.publishing import at_hand, crates
from overtake.publishing.publication import Publication
from overtake.publishing.verification import enclosed, proof
from overtake.publishing.verification.proof import Verification
from overtake.publishing.verification.subject import Subject
from overtake.runs.recorded import Recorded
from overtake.runs.runs import Run
from tests.conftest import SmallBook, declare
from tests.overtake.publishing.verification.forgery import (
    METADATA,
    RECORD,
    Files,
    opened,
    packed,
    relisted,
    rerecorded,
    said,
    saying,
)

if TYPE_CHECKING:
    from overtake.chapter.parameters import ChapterParameters

NOTEBOOK = "chapters/growth.ipynb"
PACKAGE = "data/datapackage.json"
INPUTS = (NOTEBOOK, PACKAGE, "data/tables/points.csv", "models/scale.py", "uv.lock")
ENCRYPTED = 1

Forgeries = Iterator[tuple[str, bytes]]


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    made = make_small_book()
    assert made.overtake("run", "growth").returncode == 0
    done = made.overtake("crate", "growth-points", "-o", "growth.zip")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def files(book: SmallBook) -> Files:
    return opened(book.root / "growth.zip")


class Judge:
    """Judges crates as `overtake verify` does, but for the repetition, which is there already."""

    def __init__(self, book: SmallBook) -> None:
        (run,) = book.run_ids()
        self.book, self.repeated = book, Run(book.project.runs / run)

    def verified(self, content: bytes) -> Verification:
        path = self.book.root / "forged.zip"
        path.write_bytes(content)
        with enclosed.opened(path) as crate:
            subject = Subject(crate.recorded, crate.figure, crate=crate)
            at_hand.require_inputs(self.book.project, crate.recorded)
            return proof.judge(self.book.project, subject, self.repeated, "cold")

    def named(self, content: bytes) -> list[str]:
        """Return what is told of a crate; nothing if it is called reproduced."""
        try:
            found = self.verified(content)
        except OvertakeError as refused:
            return [str(refused)]
        told = [*found.otherwise, *(f"{d.file}: {d.what}" for d in found.differences)]
        assert (found.outcome == "reproduced") == (not told)
        return told


def packed_once(contents: Callable[..., Files]) -> Callable[..., Files]:
    """Let crates be compared with one that is packed once for all that have the same run."""
    known: dict[object, Files] = {}

    def of(project: Project, published: Publication, run: Recorded, figure: str) -> Files:
        key = published, run.id, tuple(run.outputs.items()), figure
        if key not in known:
            known[key] = contents(project, published, run, figure)
        return known[key]

    return of


@pytest.fixture(scope="module")
def judge(book: SmallBook) -> Iterator[Judge]:
    declared: dict[str, type[ChapterParameters]] = {
        name: runpy.run_path(str(book.root / f"chapters/{name}/parameters.py"))[name.title()]
        for name in ("growth", "other")
    }
    with pytest.MonkeyPatch.context() as patch:
        declare(patch, declared)
        patch.setattr(crates, "contents", packed_once(crates.contents))
        patch.setenv(ROOT_VARIABLE, str(book.root))
        yield Judge(book)


def test_the_crate_itself_is_reproduced_and_says_what_was_not_checked(
    judge: Judge, files: Files
) -> None:
    found = judge.verified(packed(files))
    assert (found.outcome, found.otherwise, found.differences) == ("reproduced", (), ())
    assert any("not signed" in each for each in found.unchecked)


def changed_files(files: Files) -> Forgeries:
    """Change, empty, remove and rename each file; then do so and let all lists tell of it."""
    for name, content in files.items():
        middle = len(content) // 2
        flipped = content[:middle] + bytes([each ^ 1 for each in content[middle : middle + 1]])
        flipped += content[middle + 1 :]
        others = {each: files[each] for each in files if each != name}
        for what, forged in (
            ("one bit", {**files, name: flipped}),
            ("empty", {**files, name: b""}),
            ("longer", {**files, name: content + b"\n"}),
            ("gone", others),
            ("renamed", {**others, f"{name}.txt": content}),
        ):
            if (name, what) != (METADATA, "longer"):  # a line break more is no change to JSON
                yield f"{name}: {what}", packed(forged)
            if name != METADATA:
                yield f"{name}: {what}, listed", packed(relisted(forged))
            if name.startswith("run/") and name != RECORD:
                yield f"{name}: {what}, listed and recorded", packed(rerecorded(forged))


def added_files(files: Files) -> Forgeries:
    for name in (
        "rogue.py", "models/rogue.py", "data/tables/rogue.csv", "run/rogue.csv",
        "run/figures/rogue.svg", "chapters/growth/rogue.py", "ro-crate-preview.html",
    ):  # fmt: skip
        forged = {**files, name: b"x\n"}
        yield f"{name}: added", packed(forged)
        yield f"{name}: added and listed", packed(relisted(forged))
        if name.startswith("run/"):
            yield f"{name}: added, listed and recorded", packed(rerecorded(forged))


def other_inputs(files: Files) -> Forgeries:
    """Give a run other inputs, whose hashes the record, its id and the lists all have."""
    inputs = json.loads(files[RECORD])["inputs"]
    for field, value in inputs.items():
        match value:
            case dict():
                for name in value:
                    other = 3.5 if field == "parameters" else "0" * 64
                    yield (
                        f"{field}.{name}",
                        packed(rerecorded(files, **{field: {**value, name: other}})),
                    )
                    left = {each: value[each] for each in value if each != name}
                    yield f"{field} without {name}", packed(rerecorded(files, **{field: left}))
            case _:
                for other in ("0" * 64, "3.10", "other"):
                    yield f"{field} = {other}", packed(rerecorded(files, **{field: other}))


def other(value: Any) -> Any:
    """Return another value of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}x"
        case list():
            return [*value[:-1], other(value[-1])]
        case dict():
            return {key: other(each) for key, each in value.items()}
    raise AssertionError(value)


def as_another_type(value: Any) -> Any:
    """Return what some programs take for the same."""
    return str(value) if isinstance(value, bool | int | float) else [value, value]


def changed_sayings(files: Files) -> Forgeries:
    """Change, remove, retype and reorder each field of each thing that the crate tells of."""
    for at, entity in enumerate(said(files)["@graph"]):
        for field, value in entity.items():
            forged = [("changed", other(value)), ("retyped", as_another_type(value))]
            if isinstance(value, list):
                forged += [("shorter", value[:-1]), ("reversed", value[::-1])]
            for what, new in forged:
                if new != value or type(new) is not type(value):
                    content = said(files)
                    content["@graph"][at][field] = new
                    yield f"{entity['@id']}.{field}: {what}", packed(saying(files, content))
            content = said(files)
            del content["@graph"][at][field]
            yield f"{entity['@id']}.{field}: removed", packed(saying(files, content))
        for field in ("author", "@reverse"):
            if field not in entity:
                content = said(files)
                content["@graph"][at][field] = "https://example.org/mallory"
                yield f"{entity['@id']}.{field}: added", packed(saying(files, content))


def changed_things(files: Files) -> Forgeries:
    """Remove, double and add things, and change what stands beside them."""
    whole = said(files)
    for at, entity in enumerate(whole["@graph"]):
        left = [*whole["@graph"][:at], *whole["@graph"][at + 1 :]]
        for what, graph in (
            ("removed", left),
            ("twice", [*whole["@graph"], entity]),
            ("twice, changed", [*whole["@graph"], {**entity, "name": "Mallory"}]),
        ):
            yield f"{entity['@id']}: {what}", packed(saying(files, {**whole, "@graph": graph}))
    mallory = {"@id": "#mallory", "@type": "Person", "name": "Mallory"}
    context = whole["@context"]
    for what, content in (
        ("a person", {**whole, "@graph": [*whole["@graph"], mallory]}),
        ("no context", {"@graph": whole["@graph"]}),
        ("another context", {**whole, "@context": "https://example.org/context"}),
        ("one term more", {**whole, "@context": [*context, {"name": "https://example.org/n"}]}),
        ("contexts in another order", {**whole, "@context": context[::-1]}),
        ("a third part", {**whole, "@included": [mallory]}),
        ("no graph", {**whole, "@graph": {}}),
        ("numbers", {**whole, "@graph": [1, 2]}),
        ("a list", [whole]),
    ):
        yield what, packed(saying(files, content))


def texts(files: Files) -> Forgeries:
    """Write the same metadata so that two programs read it differently, or one none of it."""
    text = files[METADATA].decode()
    name = '"name": "Nobody"'
    assert name in text
    for what, content in (
        ("a name twice", text.replace(name, f'"name": "Mallory", {name}').encode()),
        ("not a number", text.replace(name, '"name": NaN').encode()),
        ("half a character", text.replace(name, '"name": "\\ud800"').encode()),
        ("UTF-16", text.encode("utf-16")),
        ("a mark before it", b"\xef\xbb\xbf" + text.encode()),
        ("nested", b"[" * 200_000),
        ("a nested name", text.replace(name, f'"name": {"[" * 900}{"]" * 900}').encode()),
        ("cut", text.encode()[:-20]),
    ):
        yield what, packed({**files, METADATA: content})
    record = files[RECORD].decode()
    twice = record.replace('"id":', '"id": "0000000000000000", "id":')
    for what, forged in (("record: a name twice", twice), ("record: a space more", f"{record} ")):
        assert forged != record
        yield what, packed(relisted({**files, RECORD: forged.encode()}))
    for name in (NOTEBOOK, PACKAGE, RECORD):
        for content in (
            b"[" * 200_000, b"[]", b"null", b"{}", b"9" * 5000, b"\xff", b'{"resources": [3]}',
            b'{"cells": 3, "nbformat": 4}', b'{"cells": [], "metadata": [], "nbformat": 4}',
        ):  # fmt: skip
            yield f"{name}: {content[:50]!r}", packed(relisted({**files, name: content}))


def words(files: Files) -> Forgeries:
    """Change what no run depends on, in files of which the run's record says nothing."""
    for name, old, new in (
        (NOTEBOOK, "Sum times factor", "Sum of all evil"),
        (NOTEBOOK, '"display_name": "Python 3"', '"display_name": "Python 4"'),
        (PACKAGE, "Others", "Mallory's"),
        (PACKAGE, '"name": "small"', '"name": "large"'),
    ):
        text = files[name].decode()
        assert old in text
        yield f"{name}: {new}", packed(relisted({**files, name: text.replace(old, new).encode()}))


def archives(files: Files) -> Forgeries:
    """Pack honest files so that programs unpack different ones, or more."""
    honest = packed(files)
    yield "bytes before", b"#!/bin/sh\n" + honest
    yield "bytes after", honest + b"x"
    yield "cut", honest[:-1]
    yield "a remark", packed(files, comment=b"by Mallory")
    yield "fields beside", packed(files, extra=b"\x75\x70\x01\x00\x01")
    yield "links", packed(files, external_attr=(stat.S_IFLNK | 0o777) << 16)
    yield "devices", packed(files, external_attr=(stat.S_IFCHR | 0o777) << 16)
    yield "packed as LZMA", packed(files, compress_type=zipfile.ZIP_LZMA)
    for name in (
        "/etc/passwd",
        "../up",
        "run/../../up",
        "a\\b",
        "C:x",
        ".hidden",
        "a//b",
        "é",
        "x/",
    ):
        yield f"named {name}", packed({**files, name: b""})
    for what, more in (
        ("a folder that is a file", {"run/a": b"", "run/a/b": b""}),
        ("a name that is too long", {f"run/{'a' * 300}": b""}),
    ):
        yield what, packed(relisted({**files, **more}))
    twice = io.BytesIO(honest)
    with zipfile.ZipFile(twice, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(zipfile.ZipInfo(NOTEBOOK), b"{}")
    yield "a file twice", twice.getvalue()
    remarked = io.BytesIO(honest)
    with zipfile.ZipFile(remarked, "a") as archive:
        archive.comment = b"by Mallory"
    yield "a remark on all", remarked.getvalue()
    locked = bytearray(honest)
    locked[honest.index(b"PK\x01\x02") + 8] |= ENCRYPTED
    yield "encrypted", bytes(locked)
    begun = honest.index(b"PK\x03\x04", 4)
    renamed = bytearray(honest)
    renamed[begun + 30] ^= 1
    yield "named otherwise before its content", bytes(renamed)
    dated = bytearray(honest)
    dated[begun + 10] ^= 1
    yield "dated otherwise before its content", bytes(dated)
    yield "hidden between", hidden(files)


def hidden(files: Files) -> bytes:
    """Hide a file that the list doesn't have between two that it has."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for at, (name, each) in enumerate(files.items()):
            if at == 1:
                archive.writestr(zipfile.ZipInfo("rogue.py"), b"evil")
            archive.writestr(zipfile.ZipInfo(name), each)
        del archive.NameToInfo["rogue.py"]
        archive.filelist = [each for each in archive.filelist if each.filename != "rogue.py"]
    return content.getvalue()


@pytest.mark.parametrize(
    "forgeries",
    [changed_files, added_files, other_inputs, changed_sayings, changed_things, texts, words,
     archives],
)  # fmt: skip
def test_any_one_thing_that_is_changed_is_named(
    judge: Judge,
    files: Files,
    forgeries: Callable[[Files], Forgeries],
    record_property: Callable[[str, object], None],
) -> None:
    honest = packed(files)
    judged = {what: judge.named(content) for what, content in forgeries(files) if content != honest}
    record_property("forgeries", len(judged))
    print(f"{forgeries.__name__}: {len(judged)}")
    assert judged
    assert [what for what, told in judged.items() if not told] == []


def test_what_means_nothing_in_json_or_zip_changes_nothing(judge: Judge, files: Files) -> None:
    """The order of things and of their fields: JSON objects and the graph have none."""
    content = said(files)
    backwards = {**content, "@graph": [dict(reversed(e.items())) for e in content["@graph"][::-1]]}
    unsorted = json.dumps(dict(reversed(backwards.items())), ensure_ascii=True).encode()
    for what, same in (
        ("things and fields reordered, spelled otherwise", packed({**files, METADATA: unsorted})),
        ("files that are compressed", digests.pack(files)),
        ("files in another order", packed(dict(reversed(files.items())))),
        ("a line break more", packed({**files, METADATA: files[METADATA] + b"\n"})),
        ("files of another day", packed(files, date_time=(2031, 2, 3, 4, 5, 6))),
    ):
        assert same != packed(files), what
        assert judge.named(same) == [], what


@pytest.mark.parametrize("name", INPUTS)
def test_another_input_is_named_by_its_path(judge: Judge, files: Files, name: str) -> None:
    forged = packed(relisted({**files, name: files[name] + b" "}))
    assert any(name in told for told in judge.named(forged))


def test_another_author_title_or_version_is_told_apart_from_the_proof(
    judge: Judge, files: Files
) -> None:
    content = said(files)
    by_id = {entity["@id"]: entity for entity in content["@graph"]}
    by_id["./"]["version"] = "9.9.9"
    by_id[by_id["./"]["author"]["@id"]]["name"] = "Mallory\x1b[2J"
    found = judge.verified(packed(saying(files, content)))
    assert (found.outcome, found.holds, found.differences) == ("described otherwise", False, ())
    told = " ".join(found.otherwise)
    assert 'another author (name) than this book: "Mallory\\u001b[2J", here "Nobody"' in told
    assert 'another version than this book: "9.9.9", here "draft of 0.0.1"' in told


def test_every_problem_of_a_crate_is_named_at_once(judge: Judge, files: Files) -> None:
    forged = {**files, "rogue.py": b"x", "uv.lock": b"y"}
    del forged["models/scale.py"]
    (told,) = judge.named(packed(forged))
    assert "rogue.py is not listed" in told
    assert "uv.lock is not what ro-crate-metadata.json says of it" in told
    assert '"models/scale.py" is listed in ro-crate-metadata.json, and missing' in told


def test_a_bomb_is_refused_before_it_is_unpacked(judge: Judge, files: Files) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w") as archive:
        for at in range(5):
            info = zipfile.ZipInfo(f"run/{at}")
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w") as entry:
                for _ in range(64):
                    entry.write(bytes(2**20))
    (told,) = judge.named(bomb.getvalue())
    assert "unpacks to more than any crate" in told
    many = {f"run/{at}": b"" for at in range(10_001)}
    (told,) = judge.named(packed(many))
    assert "10001 files" in told
    long = packed({**files, METADATA: b" " * (17 * 2**20)})
    (told,) = judge.named(long)
    assert "bytes, more than any of a run" in told


def test_an_address_that_nothing_here_knows_is_told_and_not_proved(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, book: SmallBook
) -> None:
    monkeypatch.setenv("OVERTAKE_SITE", "https://example.org/small")
    done = book.overtake("crate", "growth-points", "-o", "placed.zip")
    assert done.returncode == 0, done.stderr
    monkeypatch.delenv("OVERTAKE_SITE")
    found = judge.verified((book.root / "placed.zip").read_bytes())
    assert found.outcome == "reproduced", found.otherwise
    assert any("https://example.org/small/figures/growth-points/" in u for u in found.unchecked)
    monkeypatch.setenv("OVERTAKE_SITE", "https://example.org/other")
    found = judge.verified((book.root / "placed.zip").read_bytes())
    assert found.outcome == "described otherwise"
