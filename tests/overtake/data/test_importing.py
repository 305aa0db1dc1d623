"""An import as a whole: what it writes, what it reports, and that it is all or nothing."""

import hashlib
import shutil
from pathlib import Path

import pytest

from overtake.core.errors import TableError
from overtake.data.importing import ImportReport, TableChange, assemble, import_tables

ROOT = Path(__file__).parents[3]
RAW = ROOT / "tests" / "fixtures" / "raw"
PRICES = "epoch-llm-price-trends/aa_data_with_math5.csv"


def copy_of_data(folder: Path) -> Path:
    """Return a copy of the project's data folder, with its bibliography beside it."""
    shutil.copy(ROOT / "references.bib", folder)
    return Path(shutil.copytree(ROOT / "data", folder / "data"))


def digests(data: Path) -> dict[str, str]:
    files = (path for path in data.rglob("*") if path.is_file())
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RAW, tmp_path / "raw"))


@pytest.fixture(scope="module")
def first_import(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ImportReport]:
    """Return a data folder into which the fixtures were imported, and the report."""
    data = copy_of_data(tmp_path_factory.mktemp("project"))
    return data, import_tables(RAW, data)


@pytest.fixture
def imported(tmp_path: Path, first_import: tuple[Path, ImportReport]) -> Path:
    """Return a copy of that folder for one test."""
    shutil.copy(ROOT / "references.bib", tmp_path)
    return Path(shutil.copytree(first_import[0], tmp_path / "data"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def test_the_small_files_make_every_imported_table(
    first_import: tuple[Path, ImportReport],
) -> None:
    _, report = first_import
    assert not report.skipped
    assert {"ai_models", "benchmark_scores", "electricity", "chips_owned"} <= set(report.changes)


def test_importing_the_same_files_again_changes_no_byte(imported: Path, source: Path) -> None:
    before = digests(imported)
    report = import_tables(source, imported)
    assert digests(imported) == before
    assert all((c.added, c.removed, c.changed) == (0, 0, 0) for c in report.changes.values())
    assert all(c.kept > 0 for c in report.changes.values())


def test_the_order_of_a_source_file_does_not_matter(imported: Path, source: Path) -> None:
    before = digests(imported)
    file = source / "epoch-ml-hardware/ml_hardware.csv"
    header, *rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    import_tables(source, imported)
    assert digests(imported) == before


def test_a_new_version_is_told_from_the_old_by_its_key(imported: Path, source: Path) -> None:
    replace(
        source / PRICES,
        "Phi 4,2024-12-13,0.1225,85,53,87,81\n",
        "Phi 4,2024-12-13,0.2,85,53,87,81\nGPT-4 Turbo,2023-11-06,15,87,50,92,74\n",
    )
    other = source / "epoch-llm-price-trends/epoch_ai_price_data_not_in_aa_with_benchmarks.csv"
    replace(other, "DeepSeek-V3,2024-12-26,0.4775,,57,91,89\n", "")
    assert import_tables(source, imported).changes["token_prices"] == TableChange(1, 1, 1, 2)


def test_a_table_whose_file_is_absent_stays_as_it_is(imported: Path, source: Path) -> None:
    before = (imported / "tables/token_prices.csv").read_bytes()
    (source / PRICES).unlink()
    report = import_tables(source, imported)
    assert report.skipped == {"token_prices": PRICES}
    assert (imported / "tables/token_prices.csv").read_bytes() == before
    assert f"token_prices: left as it is, {PRICES} is absent" in report.summary()


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (PRICES, "0.1225", "-1", "minimum"),
        (PRICES, "2024-12-13", "2024-13-12", "2024-13-12"),
        (PRICES, "2024-12-13", "3/4/2022", "3/4/2022"),
        (PRICES, "0.1225", "cheap", "cheap"),
        (PRICES, "MMLU", "MMLU score", "MMLU"),
        ("epoch-gpu-clusters/gpu_clusters.csv", "Certainty", "Sureness", "Certainty"),
        ("epoch-gpu-clusters/gpu_clusters.csv", "Unlikely", "Rumoured", "Rumoured"),
    ],
    ids=[
        "below its minimum",
        "no date",
        "a date of another form",
        "no number",
        "one of two files without a column",
        "without a column",
        "a new word",
    ],
)
def test_one_bad_source_changes_nothing(
    imported: Path, source: Path, file: str, old: str, new: str, said: str
) -> None:
    before = digests(imported)
    replace(source / file, old, new)
    with pytest.raises(TableError, match=said):
        import_tables(source, imported)
    assert digests(imported) == before


def test_the_files_are_plain_and_numbers_are_short(imported: Path) -> None:
    for path in (imported / "tables").glob("*.csv"):
        raw = path.read_bytes()
        assert b"\r" not in raw
        assert raw.endswith(b"\n")
        assert not raw.startswith(b"\xef\xbb\xbf")
    sold = (imported / "tables/chips_sold.csv").read_text(encoding="utf-8").splitlines()
    assert sold[2] == "AMD,2025-12-31,15,30,60,100,false"
    prices = (imported / "tables/token_prices.csv").read_text(encoding="utf-8").splitlines()
    assert prices[1] == "DeepSeek-V3,DeepSeek,CHN,2024-12-26,0.4775,,57,89,91"


def test_a_report_tells_every_table() -> None:
    report = ImportReport({"a": TableChange(1, 2, 3, 4)}, {"b": "x.csv"})
    assert report.summary() == (
        "a: 1 added, 2 removed, 3 changed, 4 kept\nb: left as it is, x.csv is absent"
    )


def test_the_committed_package_is_current() -> None:
    written = (ROOT / "data/datapackage.json").read_text(encoding="utf-8")
    assert written == assemble(ROOT / "data")
