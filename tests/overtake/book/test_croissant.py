"""The real tables as Croissant describes them, read back by mlcroissant."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from overtake.book import croissant, head
from overtake.book.shown_table import ShownTable
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import publication
from overtake.publishing.citations.catalogue import Catalogue
from tests.conftest import ROOT

READER = "mlcroissant==1.1.1"
TYPES = {
    "sc:Boolean": "boolean", "sc:Date": "date", "sc:Float": "number", "sc:Integer": "integer",
    "sc:Text": "string",
}  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a folder for each table, with its CSV and its description."""
    root, project = tmp_path_factory.mktemp("croissant"), Project(ROOT)
    catalogue = Catalogue.of_published(project, publication.read(project, {}))
    for name in tables.names():
        table = ShownTable.of(catalogue, name, [], [])
        subject = head.of_table(table, catalogue)
        (root / name).mkdir()
        (root / name / f"{name}.csv").write_bytes(table.content)
        said = json.dumps(croissant.of_table(table, subject))
        (root / name / croissant.NAME).write_text(said, encoding="utf-8")
    return {name: root / name for name in tables.names()}


def test_a_description_has_columns_types_key_licence_and_limits(folders: dict[str, Path]) -> None:
    for name, folder in folders.items():
        described = tables.describe(name)
        said = json.loads((folder / croissant.NAME).read_text(encoding="utf-8"))
        (rows,) = said["recordSet"]
        columns = {each["name"]: TYPES[each["dataType"]] for each in rows["field"]}
        assert columns == {field.name: field.type for field in described.fields}
        assert [key["@id"] for key in rows["key"]] == [f"rows/{n}" for n in described.primary_key]
        assert said["license"] == [licence.path for licence in described.licenses]
        assert said["rai:dataLimitations"] == list(described.caveats)
        (file,) = said["distribution"]
        assert file["sha256"] == described.hash.removeprefix("sha256:")


def test_mlcroissant_reads_every_row_and_complains_of_nothing(folders: dict[str, Path]) -> None:
    """It runs in an environment of its own, because the book needs none of what it brings."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    command = [uv, "run", "--no-project", "--python", sys.executable, "--with", READER, "python"]
    if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode:
        pytest.skip("mlcroissant can't be installed here")
    script = Path(__file__).with_name("validate_croissant.py")
    paths = [folder / croissant.NAME for folder in folders.values()]
    done = subprocess.run(
        [*command, "-P", script, *paths], capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, done.stderr
    counted = [f"{name} {tables.describe(name).rows}" for name in folders]
    assert done.stdout.splitlines() == counted
