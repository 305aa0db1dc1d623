"""The importers of Epoch AI's data centres, on a few rows in its format, traps included."""

import shutil
from pathlib import Path

import pytest

from importers import epoch_sites
from overtake.core.errors import TableError
from overtake.data import tables

RAW = Path(__file__).parents[1] / "fixtures" / "raw"
FOLDER = "epoch-newer/2026-07-18_manya-25__AI_Data_Centers_Analytics"


def edited(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """Return a copy of the two files in which one text is replaced."""
    shutil.copytree(RAW / FOLDER, tmp_path / FOLDER)
    path = tmp_path / FOLDER / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return tmp_path


def test_a_site_has_the_country_where_it_stands_and_its_owner_with_doubt() -> None:
    sites = epoch_sites.data_centers(RAW).set_index("site")
    assert sites["country"].tolist() == ["USA", "CHN", "ARE"]
    assert sites.loc["North Steppe", ["owner", "owner_certainty"]].tolist() == ["VNET", "likely"]
    assert sites.loc["No Owner", ["owner", "owner_certainty"]].isna().all()


def test_doubt_stays_with_users_and_projects() -> None:
    sites = epoch_sites.data_centers(RAW).set_index("site")
    assert sites.loc["Plain Field", "users"] == "OpenAI (likely);Microsoft"
    assert sites.loc["Plain Field", "project"] == "Star (speculative)"


def test_a_site_s_days_come_in_order_and_its_status_in_one_line() -> None:
    rows = epoch_sites.data_center_timelines(RAW)
    own = rows[rows["site"] == "Plain Field"]
    assert own["date"].tolist() == ["2024-03-01", "2026-02-01", "2028-06-30"]
    assert own["power_mw"].tolist() == [0, 260, 1000]
    assert own["status"].iloc[1] == "Building 1 is operational, see [a report]. More to come."


def test_only_a_first_row_without_power_tells_how_building_began() -> None:
    rows = epoch_sites.data_center_timelines(RAW)
    began = rows.dropna(subset="begins").set_index("site")["begins"].to_dict()
    assert began == {"Plain Field": "ground broken", "Colossus 1": "fitted out"}


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("data_centers.csv", "China", "Atlantis", "Atlantis"),
        ("data_centers.csv", "VNET #likely", "VNET", "North Steppe"),
        ("data_centers.csv", "VNET #likely", "VNET #perhaps", "North Steppe"),
        ("data_center_timelines.csv", "Land clearing begins.", "A crane.", "Plain Field"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(
    tmp_path: Path, file: str, old: str, new: str, named: str
) -> None:
    source = edited(tmp_path, file, old, new)
    build = (
        epoch_sites.data_centers
        if file == "data_centers.csv"
        else epoch_sites.data_center_timelines
    )
    with pytest.raises(TableError, match=named):
        build(source)


def test_every_site_has_a_path_and_one_path_has_no_country() -> None:
    sites, rows = tables.load("data_centers"), tables.load("data_center_timelines")
    assert set(sites["site"]) < set(rows["site"])
    assert set(rows["site"]) - set(sites["site"]) == {"EdgeCore Mesa PH03"}


def test_what_sites_have_today_is_the_last_state_before_the_file_s_day() -> None:
    """Two files of the publisher tell it, each in its own way."""
    rows = tables.load("data_center_timelines")
    seen = rows[rows["date"] <= tables.describe("data_center_timelines").vintage]
    last = seen.sort_values("date").groupby("site")["it_power_mw"].last()
    sites = tables.load("data_centers").set_index("site")["it_power_mw"]
    assert (last[sites.index] - sites).abs().max() < 1


def test_earlier_plans_go_by_the_later_names_of_american_sites() -> None:
    plans = epoch_sites.data_center_plans_2026_01(RAW)
    known = set(tables.load("data_centers").query("country == 'USA'")["site"])
    assert set(plans["site"]) <= known
    assert plans.loc[plans["site"] == "Amazon Ridgeland", "power_mw"].tolist() == [0, 201]


def test_an_earlier_file_that_lacks_a_site_is_refused(tmp_path: Path) -> None:
    file = Path("epoch-data-centers") / "data_center_timelines.csv"
    (tmp_path / file).parent.mkdir()
    text = (RAW / file).read_text(encoding="utf-8").replace("Crusoe Goodnight Texas", "Elsewhere")
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match="Crusoe Goodnight Texas"):
        epoch_sites.data_center_plans_2026_01(tmp_path)
