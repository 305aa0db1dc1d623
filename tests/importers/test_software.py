"""The importers of software for chips, on a few rows in the files' format, traps included."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from importers import rules, software
from overtake.core.errors import TableError
from overtake.data.importing import Importer

RAW = Path(__file__).parents[1] / "fixtures" / "raw"
FOLDERS = ("software-ecosystem", "epoch-ai-models")


def edited(folder: Path, old: str, new: str) -> Path:
    """Return a copy of the files with a text replaced in the one of them that has it."""
    for name in FOLDERS:
        shutil.copytree(RAW / name, folder / name)
    files = [path for path in folder.rglob("*.csv") if old in path.read_text(encoding="utf-8")]
    (path,) = [file for file in files if "all_ai" not in file.name and "notable" not in file.name]
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return folder


def test_the_host_has_no_maker_and_a_chip_has_one() -> None:
    frame = software.operator_coverage(RAW).set_index("backend")
    assert pd.isna(frame.loc["CPU", "maker"])
    assert pd.isna(frame.loc["CPU", "maker_country"])
    assert frame.loc["NPU (Ascend)", ["maker", "maker_country"]].tolist() == ["Huawei", "CHN"]
    assert rules.operators_add_up.holds(frame).all()


def test_a_model_without_support_is_watched_to_the_last_day() -> None:
    frame = software.model_support(RAW).set_index("model")
    assert pd.isna(frame.loc["Waiting", "documented"])
    assert set(frame["watched_until"]) == {"2026-08-22"}
    assert frame.loc["Waiting", "developer_country"] == "FRA"


def test_chips_of_two_countries_are_both_named_and_silence_stays_silent() -> None:
    frame = software.training_hardware(RAW).set_index("model")
    assert frame.loc["Both", "chip_countries"] == "CHN;USA"
    assert frame.loc["Native", "chip_countries"] == "CHN"
    assert pd.isna(frame.loc["Known", "chip_countries"])
    assert frame.loc["Both", ["country", "domain"]].tolist() == ["CHN", "Language;Vision"]


def test_a_fork_goes_by_the_name_of_what_it_forks() -> None:
    frame = software.developer_activity(RAW).set_index("repository")
    assert frame.loc["vllm-project/vllm", "lead_country"] == "USA"
    assert pd.isna(frame.loc["vllm-project/vllm", "lead"])
    assert frame.loc["Ascend/pytorch", "lead"] == "Huawei"


def test_a_repository_without_a_licence_stays_out() -> None:
    frame = software.developer_activity(RAW)
    assert set(frame["repository"]) == {"vllm-project/vllm", "Ascend/pytorch"}


def test_korea_is_the_one_that_makes_accelerators() -> None:
    frame = software.mlperf_submissions(RAW).set_index("maker")
    assert frame.loc["Rebellions", "maker_country"] == "KOR"
    assert pd.isna(frame.loc["CPU only", "maker_country"])


@pytest.mark.parametrize(
    ("build", "old", "new", "complaint"),
    [
        (software.operator_coverage, "31,174", "31,175", "add up: v5"),
        (software.port_releases, ",82,", ",83,", r"lag_days.*torch_npu/v7\.2\.0"),
        (software.model_support, "c556,5,", "c556,6,", r"lag_days.*Known"),
        (software.model_support, ",263", ",264", r"censored_days.*Waiting"),
        (
            software.developer_activity,
            'Huawei, China",2026Q2,3,2,9e73',
            'Huawei",2026Q2,3,2,9e73',
            "leads it: Ascend/pytorch/Huawei",
        ),
        (
            software.training_hardware,
            "Ascend (昇腾)",
            "Sunway",
            "no known maker: Native/Sunway 910B",
        ),
        (software.mlperf_submissions, "Korea", "Atlantis", "no country code for 'Atlantis'"),
    ],
)
def test_what_does_not_agree_is_refused_by_its_name(
    build: Importer, old: str, new: str, complaint: str, tmp_path: Path
) -> None:
    source = edited(tmp_path, old, new)
    with pytest.raises(TableError, match=complaint):
        build(source)


@pytest.mark.parametrize(
    ("documented", "holds"),
    [("2026-01-02", True), (None, True), ("2025-12-31", False), ("2026-08-23", False)],
)
def test_support_comes_after_the_model_and_while_it_is_watched(
    documented: str | None, *, holds: bool
) -> None:
    frame = pd.DataFrame(
        {"registered": ["2026-01-01"], "documented": [documented], "watched_until": ["2026-08-22"]}
    ).apply(pd.to_datetime)
    assert rules.documented_after_registered.holds(frame).tolist() == [holds]
