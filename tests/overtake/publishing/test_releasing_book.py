"""Releasing end to end, on the small book in a git repository of its own."""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from lxml import html
from typer.testing import CliRunner

from overtake.cli import main
from overtake.core import digests
from overtake.core.errors import OvertakeError, PublicationError, RecordError
from overtake.core.paths import lock_of
from overtake.publishing import (
    assembly,
    contents,
    freeze,
    publication,
    published,
    releases,
    stamping,
    version_list,
)
from overtake.publishing.contents import Contents, Packed
from tests.conftest import CITATION, MODEL, SmallBook, served
from tests.page_reading import metas, rel

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RUN_FACTS = """
# Runs

```{run-facts} growth
```

```{data-catalogue}
```

```{bibliography}
```
"""
TOC_OF_RUNS = "  - file: chapters/runs\n"
PYPROJECT = '[project]\nname = "overtake"\nversion = "1"\n'
SITE, REPOSITORY = "https://example.org/small", "https://example.org/code"
OWN = f"{SITE}/v/1.0.0"
LOCK = """version = 1
requires-python = ">=3.11"

[[package]]
name = "overtake"
version = "1"
source = { editable = "." }
"""
MAKEFILE = "check:\n\t@test ! -e {}\n"


def state(book: SmallBook) -> dict[str, bytes]:
    """Return every file but those of git, of the store of runs, and of Python's caches."""
    return {
        path.relative_to(book.root).as_posix(): path.read_bytes()
        for path in sorted(book.root.rglob("*"))
        if path.is_file()
        and not {".git", "runs", "__pycache__"} & set(path.relative_to(book.root).parts)
    }


@pytest.fixture(scope="module")
def committed(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    made = make_small_book()
    made.write("pyproject.toml", PYPROJECT)
    made.write("uv.lock", LOCK)
    made.write("CITATION.cff", f"{CITATION}url: {SITE}\nrepository-code: {REPOSITORY}\n")
    made.write("Makefile", MAKEFILE.format(made.root.with_name("checks-fail")))
    made.write("chapters/runs.md", RUN_FACTS)
    made.write("_toc.yml", (made.root / "_toc.yml").read_text() + TOC_OF_RUNS)
    made.commit("A small book")
    return made


@pytest.fixture(scope="module")
def released(committed: SmallBook) -> SmallBook:
    """Return the book with version 1.0.0 released and committed."""
    done = committed.overtake("release", "1.0.0", "--date", "2026-02-03")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 figures" not in done.stdout
    committed.commit("Release 1.0.0")
    committed.git("tag", "1.0.0")
    return committed


@pytest.fixture
def book(released: SmallBook) -> Iterator[SmallBook]:
    """Return the released book, and bring back its commit."""
    head = released.git("rev-parse", "HEAD")
    yield released
    released.git("reset", "--quiet", "--hard", head)
    released.git("clean", "--quiet", "--force", "-d")
    for archived in released.project.archives.glob("1.1.0.*"):
        archived.unlink()


def read(book: SmallBook, version: str) -> releases.Release:
    return releases.read(releases.path_of(book.project, version))


def archived(book: SmallBook, version: str, folder: Path) -> dict[str, bytes]:
    """Return the files of a version's site, by path."""
    released = assembly.in_order(releases.read_all(book.project))
    known = assembly.gather(released, book.project.archives, folder)
    return {path: known.read(name) for path, name in known.sites[version].items()}


def test_a_release_says_what_it_is_made_of(book: SmallBook) -> None:
    release = read(book, "1.0.0")
    assert release.released.isoformat() == "2026-02-03"
    assert release.commit == book.git("rev-parse", "HEAD~1")
    assert set(release.figures) == {"growth-points", "other-points"}
    assert {run.id for run in release.runs} == {f.run for f in release.figures.values()}
    assert set(release.tables) == {"points", "others"}
    assert releases.as_json(release) == releases.path_of(book.project, "1.0.0").read_text()


def test_a_release_keeps_every_headline_number_and_verdict(book: SmallBook) -> None:
    release = read(book, "1.0.0")
    (total,) = release.numbers["growth"].values()
    assert (total.name, total.estimate.value, total.data_until) == ("total", 14, "2026-01-01")
    assert set(release.numbers["other"]) == {"sum"}
    assert releases.cited_numbers(release) == ["growth/total", "other/sum"]
    assert release.verdicts == {"growth": {"total": "clearly for"}, "other": {}}


def test_the_released_figures_are_among_those_whose_addresses_stay(book: SmallBook) -> None:
    assert published.read(book.project).ids == ("growth-points", "other-points")
    assert published.read_tables(book.project).ids == ("others", "points")
    assert published.read_numbers(book.project).ids == ("growth/total", "other/sum")
    assert published.read_pages(book.project).ids == (
        "chapters/growth",
        "chapters/other",
        "chapters/runs",
        "index",
    )


def test_citation_and_zenodo_have_version_and_day(book: SmallBook) -> None:
    citation = (book.root / "CITATION.cff").read_text()
    assert "version: 1.0.0\n" in citation
    assert "date-released: 2026-02-03\n" in citation
    assert 'title: "Small: a book for tests"' in citation
    assert f"url: {SITE}\n" in citation
    zenodo = json.loads((book.root / ".zenodo.json").read_text())
    assert (zenodo["version"], zenodo["publication_date"]) == ("1.0.0", "2026-02-03")
    assert zenodo["creators"] == [{"name": "Nobody"}]


def packed(book: SmallBook, name: str) -> bytes:
    with TemporaryDirectory() as folder:
        return archived(book, "1.0.0", Path(folder) / "contents")[name]


def test_a_released_page_names_itself_and_the_newest(book: SmallBook) -> None:
    page = html.fromstring(packed(book, "figures/growth-points/index.html"))
    own = f"{SITE}/v/1.0.0/figures/growth-points/"
    for relation in ("canonical", "cite-as"):
        assert rel(page, relation) == [own]
    assert rel(page, "latest-version") == [f"{SITE}/figures/growth-points/"]
    assert rel(page, "predecessor-version") == []
    said = metas(page)
    assert said["citation_public_url"] == said["og:url"] == [own]
    assert own in said["DC.identifier"]
    (line,) = page.xpath("//*[@class='overtake-version']")
    assert line.text_content().startswith("Version 1.0.0 of 3 February 2026; this page never")
    assert line.xpath("a/@href") == [f"{SITE}/figures/growth-points/", f"{SITE}/v/"]
    answer = json.loads(packed(book, "figures/growth-points/oembed.json"))
    assert f'src="{own}embed/"' in answer["html"]
    assert answer["thumbnail_url"] == f"{own}growth-points.png"
    cited = packed(book, "figures/growth-points/growth-points.bib").decode()
    assert "@artwork{small2026-1.0.0-growth-points," in cited
    assert f'url = "{own}"' in cited
    stamped = stamping.identify(packed(book, "figures/growth-points/growth-points.png")).said
    assert stamped.address == own
    assert own in stamped.citation


def test_a_release_is_described_for_archives_beside_it_and_within(book: SmallBook) -> None:
    beside = (book.project.archives / "1.0.0.datacite.json").read_bytes()
    assert packed(book, "datacite.json") == beside
    assert json.loads(beside)["url"] == f"{SITE}/v/1.0.0/"
    first = html.fromstring(packed(book, "index.html"))
    assert "datacite.json" in rel(first, "describedby")


def test_a_release_keeps_what_programs_read_with_its_own_addresses(
    book: SmallBook, tmp_path: Path
) -> None:
    files = archived(book, "1.0.0", tmp_path / "contents")
    facts = json.loads(files["facts.json"])
    assert (facts["version"], facts["is_draft"], facts["address"]) == ("1.0.0", False, f"{OWN}/")
    assert facts["numbers"]
    texts = {path: files[path].decode() for path in files if path.endswith(".html.md")}
    texts["llms.txt"] = files["llms.txt"].decode()
    texts["facts.json"] = "".join(f"]({number['address']})" for number in facts["numbers"])
    for path, text in texts.items():
        page = files.get(path.removesuffix(".md"), b"").decode()
        for address in re.findall(rf"\]\(({re.escape(SITE)}[^)#]*)", text):
            own = address.removeprefix(f"{OWN}/")
            if own == address:  # a page says itself where the newest version stands
                assert f'href="{address}"' in page, path
                continue
            file = f"{own}index.html" if own.endswith("/") or not own else own
            assert file in files or file == "figures/index.html"  # this book has no such list
    heads = {path: text.partition("\n## ")[0] for path, text in texts.items()}
    versionless = {path for path, head in heads.items() if "1.0.0" not in head}
    assert all(texts[path].startswith("This page is now [") for path in versionless)
    assert "This version never changes." in texts["llms.txt"]
    assert files["facts.schema.json"]


def test_the_unchanged_book_cites_its_release_and_a_changed_figure_is_a_draft(
    book: SmallBook,
) -> None:
    assert book.build().returncode == 0
    for cited in ("book", "growth", "growth-points", "points"):
        (item,) = json.loads(book.overtake("cite", cited, "-f", "csl-json").stdout)
        assert item["version"] == "1.0.0", cited
        assert item["URL"].startswith(f"{SITE}/v/1.0.0/"), cited
    bib = book.overtake("cite", "growth-points", "-f", "bibtex").stdout
    assert bib == packed(book, "figures/growth-points/growth-points.bib").decode()
    path = book.root / "chapters/growth.ipynb"
    path.write_text(path.read_text().replace("caption: Value by year.", "caption: Values."))
    for cited, draft in (("growth-points", True), ("growth", True), ("other-points", False)):
        (item,) = json.loads(book.overtake("cite", cited, "-f", "csl-json").stdout)
        assert (item["version"] == "draft after 1.0.0") is draft, cited
        assert ("/v/" not in item["URL"]) is draft, cited


def test_a_citation_that_says_something_else_than_its_version_is_refused(
    book: SmallBook, tmp_path: Path
) -> None:
    true = packed(book, "figures/growth-points/growth-points.bib").decode()
    run = read(book, "1.0.0").figures["growth-points"].run
    for wrong, complaint in (
        (true.replace("2026-1.0.0-", "2025-1.0.0-"), "did you mean small2026-1.0.0-growth-points"),
        (true.replace('year = "2026"', 'year = "2025"'), "gives year 2025"),
        (true.replace('version = "1.0.0"', 'version = "1.1.0"'), "gives version 1.1.0"),
        (true.replace(run, "0123456789abcdef"), f"shows growth-points with run {run}"),
    ):
        assert wrong != true
        path = tmp_path / "cited.bib"
        path.write_text(wrong, encoding="utf-8")
        refused = book.overtake("verify", str(path))
        assert refused.returncode == 2, refused.stdout
        assert complaint in " ".join(refused.stderr.split())


@pytest.mark.parametrize("name", ["url", "repository-code"])
def test_a_release_without_an_address_is_refused_with_what_to_write(
    book: SmallBook, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERTAKE_SITE", SITE)
    monkeypatch.setenv("OVERTAKE_REPOSITORY", REPOSITORY)
    path = book.root / "CITATION.cff"
    path.write_text(re.sub(rf"(?m)^{name}:.*\n", "", path.read_text()))
    with pytest.raises(PublicationError, match=rf"write into CITATION\.cff `{name}: https://…`"):
        freeze.freeze(book.project, "1.1.0", date(2026, 3, 1))


def test_another_version_s_doi_is_refused(book: SmallBook) -> None:
    path = book.root / "CITATION.cff"
    path.write_text(f"{path.read_text()}doi: 10.1234/abc\n")
    record = releases.path_of(book.project, "1.0.0")
    record.write_text(record.read_text().replace('"doi": ""', '"doi": "10.1234/abc"'))
    with pytest.raises(PublicationError, match=r"doi 10\.1234/abc is that of version 1\.0\.0"):
        freeze.freeze(book.project, "1.1.0", date(2026, 3, 1))


def test_the_bill_of_materials_can_be_made_again_from_the_commit(book: SmallBook) -> None:
    written = (book.project.archives / "1.0.0.cdx.json").read_text()
    again = book.overtake("bom")
    assert again.stdout == written
    assert json.loads(written)["metadata"]["component"]["version"] == "1.0.0"
    assert book.overtake("bom", "-o", "bill.json").returncode == 0
    assert (book.root / "bill.json").read_text() == written


def test_the_archived_site_says_that_its_run_was_reproduced(
    book: SmallBook, tmp_path: Path
) -> None:
    site = archived(book, "1.0.0", tmp_path / "contents")
    assert "index.html" in site
    assert not any(name.startswith(("v/", ".doctrees")) for name in site)
    for name in ("chapters/runs.html", "figures/growth-points/index.html"):
        told = "Verified: repeated, and every file was the same to the byte"
        assert told in site[name].decode()


def test_nothing_of_the_making_is_left(book: SmallBook) -> None:
    assert book.git("status", "--porcelain") == ""
    assert sorted(p.name for p in book.project.archives.iterdir()) == [
        "1.0.0.cdx.json",
        "1.0.0.datacite.json",
        "1.0.0.zip",
    ]


@pytest.mark.parametrize(
    ("version", "day", "complaint"),
    [
        ("1.0.0", date(2026, 3, 1), "1.0.0 exists already"),
        ("1.1.0", date(2026, 1, 31), "lies before the release of 1.0.0"),
        ("../1", date(2026, 3, 1), "is no version"),
    ],
)
def test_what_can_not_be_released_is_refused_at_once(
    book: SmallBook, version: str, day: date, complaint: str
) -> None:
    with pytest.raises(OvertakeError, match=complaint) as refused:
        freeze.freeze(book.project, version, day)
    assert refused.value.exit_code == 1


def test_a_date_is_asked_for_and_must_be_one() -> None:
    assert CliRunner().invoke(main.app, ["release", "1.1.0"]).exit_code == 2
    refused = CliRunner().invoke(main.app, ["release", "1.1.0", "--date", "tomorrow"])
    assert refused.exit_code == 2
    assert "is no date" in refused.output


def test_uncommitted_files_are_named(book: SmallBook) -> None:
    book.write("index.md", "# Small\n")
    book.write("new.txt", "new\n")
    with pytest.raises(PublicationError, match=r"not as committed: index\.md, new\.txt") as refused:
        freeze.freeze(book.project, "1.1.0", date(2026, 3, 1))
    assert refused.value.exit_code == 1


def test_failing_checks_leave_everything_as_it_was(book: SmallBook) -> None:
    before = state(book)
    fail = book.root.with_name("checks-fail")
    fail.touch()
    try:
        refused = book.overtake("release", "1.1.0", "--date", "2026-03-01")
    finally:
        fail.unlink()
    assert refused.returncode == 1
    assert "the checks fail" in refused.stderr
    assert state(book) == before


def test_a_book_that_can_not_be_built_leaves_everything_as_it_was(book: SmallBook) -> None:
    book.write("index.md", "# Small\n\n{{ growth.numbers.nothing | told }}\n")
    book.commit("A broken page")
    before = state(book)
    refused = book.overtake("release", "1.1.0", "--date", "2026-03-01")
    assert refused.returncode == 1
    assert "no name 'nothing'" in refused.stderr
    assert state(book) == before


def test_a_run_that_is_not_reproduced_is_not_released(book: SmallBook) -> None:
    path = book.root / "chapters/other.ipynb"
    loads = 'frame = tables.load(\\"others\\")'
    drawn = f'{loads}\\nimport os\\nframe[\\"value\\"] += int.from_bytes(os.urandom(4))'
    path.write_text(path.read_text().replace(loads, drawn))
    book.commit("A draw without a seed")
    before = state(book)
    refused = book.overtake("release", "1.1.0", "--date", "2026-03-01")
    assert refused.returncode == 1
    assert "was not reproduced" in refused.stderr
    assert state(book) == before


def test_a_disk_that_fills_leaves_no_record_and_git_the_way_back(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    citation, record = book.root / "CITATION.cff", releases.path_of(book.project, "1.1.0")
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target == record:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    before = state(book)
    monkeypatch.setattr(Path, "replace", failing)
    files = {citation: b"new", book.root / ".new": b"new", record: b"new"}
    with pytest.raises(PublicationError, match=r"No space left on device.*`git restore \.`"):
        freeze._put(book.project, files)
    book.git("restore", ".")
    book.git("clean", "--quiet", "--force")
    assert state(book) == before


def test_a_release_proves_a_figure_whose_run_is_not_in_the_store(book: SmallBook) -> None:
    shutil.rmtree(book.project.runs, ignore_errors=True)
    done = book.overtake("verify", "growth-points")
    assert done.returncode == 0, done.stderr
    assert "compared with the record of release 1.0.0" in done.stdout


def test_released_inputs_that_have_changed_since_are_found_in_the_history(
    book: SmallBook,
) -> None:
    run = read(book, "1.0.0").figures["growth-points"].run
    book.write("models/scale.py", MODEL + "\n# another model\n")
    book.commit("Another model")
    refused = book.overtake("verify", run)
    assert refused.returncode == 7
    assert "code: module models/scale.py" in refused.stderr
    # Both the commit and its release have them.
    having = [book.git("rev-parse", "--short=10", f"HEAD~{back}") for back in (1, 2)]
    assert any(commit in refused.stderr for commit in having)


def test_versions_stand_beside_the_newest_book_and_must_be_the_released_ones(
    book: SmallBook, tmp_path: Path
) -> None:
    assert book.build().returncode == 0
    done = book.overtake("assemble")
    assert done.returncode == 0, done.stderr
    old = book.project.site / "v" / "1.0.0" / "index.html"
    assert old.read_bytes() == archived(book, "1.0.0", tmp_path / "contents")["index.html"]
    listed = html.parse(book.project.site / "v" / "index.html")
    assert listed.xpath("//li/a/@href") == ["1.0.0/index.html"]
    script = (book.project.site / "v" / "versions.js").read_text()
    assert '{"version": "1.0.0", "released": "3 February 2026"}' in script
    content = bytearray((book.project.archives / "1.0.0.zip").read_bytes())
    content[100] ^= 1
    (tmp_path / "1.0.0.zip").write_bytes(content)
    refused = book.overtake("assemble", str(tmp_path))
    assert refused.returncode == 1
    assert "is not what was released as 1.0.0" in refused.stderr
    assert old.is_file()
    missing = book.overtake("assemble", str(tmp_path / "nothing"))
    assert "the archive of version 1.0.0 is missing" in missing.stderr


def redrawn(book: SmallBook) -> None:
    """Give a line of a figure another style, and commit that."""
    path = book.root / "chapters/other.ipynb"
    drawn = 'frame[\\"value\\"])'
    text = path.read_text()
    assert text.count(drawn) == 1
    path.write_text(text.replace(drawn, f"{drawn[:-1]}, linewidth=3)"))
    book.commit("A thicker line")


def test_a_second_version_costs_what_changed(book: SmallBook, tmp_path: Path) -> None:
    redrawn(book)
    done = book.overtake("release", "1.1.0", "--date", "2026-03-01")
    assert done.returncode == 0, done.stdout + done.stderr
    first, second = (read(book, version).archive for version in ("1.0.0", "1.1.0"))
    assert (first.needs, second.needs) == ((), ("1.0.0",))
    assert second.size < first.size / 3
    assert "Nothing is shared" not in done.stdout
    sites = {version: archived(book, version, tmp_path / version) for version in ("1.0.0", "1.1.0")}
    for version, site in sites.items():
        for name, figure in read(book, version).figures.items():
            csv = f"{name}.csv"
            assert digests.of(site[f"figures/{name}/{csv}"]) == figure.files[csv]
    assert sites["1.0.0"].keys() ^ sites["1.1.0"].keys()  # the crate of another run


def test_a_version_is_released_whole_where_no_earlier_archive_is_at_hand(
    book: SmallBook, tmp_path: Path
) -> None:
    place = book.project.archives / "1.0.0.zip"
    kept = place.replace(tmp_path / "1.0.0.zip")
    try:
        done = book.overtake("release", "1.1.0", "--date", "2026-03-01")
    finally:
        kept.replace(place)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing is shared with what is not in" in done.stdout
    assert "1.0.0.zip" in done.stdout
    archive = read(book, "1.1.0").archive
    assert archive.needs == ()
    assert archive.size > read(book, "1.0.0").archive.size / 2


def test_a_damaged_archive_is_named_before_anything_is_made(
    book: SmallBook,
) -> None:
    place = book.project.archives / "1.0.0.zip"
    kept = place.read_bytes()
    place.write_bytes(kept[:-1])
    try:
        with pytest.raises(PublicationError, match=r"is not what was released as 1\.0\.0"):
            freeze.freeze(book.project, "1.1.0", date(2026, 3, 1))
    finally:
        place.write_bytes(kept)


def test_an_archive_that_can_not_be_taken_apart_is_not_released(
    book: SmallBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("A page.")
    assert freeze._pack(book.project, [], site, tmp_path / "whole").needs == ()
    kept = contents.pack

    def lossy(files: Mapping[str, bytes], known: Contents, before: str) -> Packed:
        other = kept(dict.fromkeys(files, b""), known, before).content
        return Packed(other.replace(digests.of(b"").encode(), b"0" * 64), ())

    monkeypatch.setattr(contents, "pack", lossy)
    with pytest.raises(PublicationError, match="has other bytes"):
        freeze._pack(book.project, [], site, tmp_path / "lossy")


def test_a_folder_that_can_not_be_written_while_a_site_is_packed_is_named(
    book: SmallBook, tmp_path: Path
) -> None:
    (tmp_path / "contents").touch()
    with pytest.raises(PublicationError, match="can't be written, so nothing was released"):
        freeze._pack(book.project, [], tmp_path, tmp_path / "contents")


def test_one_process_at_a_time_releases(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freeze, "_clone", lambda *_: pytest.fail("a second release is made"))
    with (
        FileLock(lock_of(book.project.archives)),
        pytest.raises(PublicationError, match="another release is being made"),
    ):
        freeze.freeze(book.project, "1.1.0", date(2026, 3, 1))


def test_a_damaged_record_is_named_with_the_field(book: SmallBook) -> None:
    path = releases.path_of(book.project, "1.0.0")
    content = json.loads(path.read_text())
    content["archive"]["sha256"] = "?"
    path.write_text(json.dumps(content))
    with pytest.raises(RecordError, match=r"1\.0\.0\.json is damaged in field archive\.sha256"):
        releases.read(path)
    path.write_text(path.read_text()[:50])
    with pytest.raises(RecordError, match=r"1\.0\.0\.json is damaged at character"):
        releases.read(path)


@pytest.mark.browser
@pytest.mark.parametrize("from_file", [False, True])
def test_an_old_page_says_since_when_there_is_a_newer_one(
    book: SmallBook,
    browser: "Browser",
    from_file: bool,  # noqa: FBT001
) -> None:
    assert book.build().returncode == 0
    assert book.overtake("assemble").returncode == 0
    site = book.project.site
    listed = version_list.files(
        [("1.2.0", date(2026, 9, 1)), ("1.1.0", date(2026, 5, 6)), ("1.0.0", date(2026, 2, 3))],
        publication.read(book.project),
    )
    (site / "v" / "versions.js").write_bytes(listed["versions.js"])
    with served(site) as address:
        base = site.as_uri() if from_file else address
        view = browser.new_page()
        broken: list[str] = []
        view.on("pageerror", lambda error: broken.append(str(error)))
        view.goto(f"{base}/v/1.0.0/figures/growth-points/index.html")
        line = view.locator(".overtake-version")
        line.locator("text=Since 6 May 2026 there is a newer one; the newest is 1.2.0.").wait_for()
        line.locator("a").first.click()
        view.wait_for_url(f"{base}/figures/growth-points/index.html")
        assert not broken
        view.close()
