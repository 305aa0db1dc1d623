"""The importers of Epoch AI's tables, on a few rows in its format, traps included."""

import shutil
from collections.abc import Callable, Hashable
from pathlib import Path

import pandas as pd
import pytest

from importers import epoch_benchmarks as benchmarks
from importers import epoch_families as families
from importers import epoch_hardware as hardware
from importers import epoch_models as models
from overtake.core.errors import TableError

RAW = Path(__file__).parents[1] / "fixtures" / "raw"


def row(frame: pd.DataFrame, **key: Hashable) -> "pd.Series[object]":
    """Return the one row with these values, with missing values as None."""
    for column, value in key.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1, f"{len(frame)} rows have {key}"
    found = frame.astype(object).iloc[0]
    return found.where(found.notna(), None)


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """Return a maker of a copy of the source files with one text replaced in one of them."""

    def edit(file: str, old: str, new: str) -> Path:
        source = tmp_path / "raw"
        shutil.copytree(RAW, source, dirs_exist_ok=True)
        text = (source / file).read_text(encoding="utf-8")
        assert old in text
        (source / file).write_text(text.replace(old, new), encoding="utf-8")
        return source

    return edit


def test_models_start_with_2010_and_need_a_date() -> None:
    found = set(models.ai_models(RAW)["model"])
    assert found == {"First day", "Joint", "Twice home", "Several", "Hong Kong one"}


def test_a_model_of_two_countries_belongs_to_neither() -> None:
    joint = row(models.ai_models(RAW), model="Joint")
    assert (joint["country"], joint["countries"]) == (None, "CHN;USA")
    assert row(models.ai_models(RAW), model="Twice home")["country"] == "CHN"
    assert row(models.ai_models(RAW), model="Hong Kong one")["country"] == "HKG"


def test_a_multinational_partner_leaves_a_model_without_one_country() -> None:
    several = row(models.ai_models(RAW), model="Several")
    assert (several["country"], several["countries"]) == (None, "FIN")


def test_language_is_one_of_the_domains_and_speech_is_not() -> None:
    frame = models.ai_models(RAW)
    assert set(frame.loc[frame["language_model"], "model"]) == {"Joint", "Twice home"}
    assert row(frame, model="Joint")["domain"] == "Multimodal;Language;Vision"


def test_weights_are_open_closed_or_not_told() -> None:
    opened = models.ai_models(RAW).set_index("model")["open_weights"]
    assert opened["Joint"]
    assert not opened["Twice home"]
    assert pd.isna(opened["First day"])


def test_a_list_of_sizes_becomes_the_largest() -> None:
    assert row(models.ai_models(RAW), model="Hong Kong one")["training_tokens"] == 192851506176
    family = row(models.language_models_2025_04(RAW), model="Family")
    assert family["parameters"] == 14e9


def test_only_flagged_models_are_of_the_frontier() -> None:
    frame = models.ai_models(RAW)
    assert frame.loc[frame["frontier"], "model"].tolist() == ["Twice home"]


def test_large_models_may_have_no_compute() -> None:
    compute = models.large_models(RAW).set_index("model")["training_compute_flop"]
    assert compute[["Known", "Unknown"]].isna().tolist() == [False, True]


def test_the_old_snapshot_keeps_language_models_with_compute() -> None:
    frame = models.language_models_2025_04(RAW)
    assert set(frame["model"]) == {"Family", "DeepMind's"}
    assert row(frame, model="DeepMind's")["country"] is None


def test_the_index_is_that_of_the_newest_file() -> None:
    yi = row(models.capability_index(RAW), model="Yi-34B")
    assert yi[["eci", "eci_p5", "eci_p95", "date"]].tolist() == [117.41, 108.8, 120.6, "2023-11-02"]


@pytest.mark.parametrize(
    ("model", "country"),
    [
        ("GPT-5", "USA"),  # by its name in the earlier file
        ("New from a known firm", "USA"),  # by its organisation there
        ("New from a renamed firm", "USA"),  # by what the earlier file calls the organisation
        ("New from another firm", "CHN"),  # by its organisation in the files of models
        ("vicuna-13b-v1.1", "USA"),  # by hand: the file says "Other"
    ],
)
def test_a_country_that_the_file_leaves_out_is_found(model: str, country: str) -> None:
    assert row(models.capability_index(RAW), model=model)["country"] == country


def test_no_model_keeps_the_organisation_other() -> None:
    frame = models.capability_index(RAW)
    assert frame["organization"].notna().all()
    assert "Other" not in set(frame["organization"])


def test_training_compute_comes_from_the_files_of_models() -> None:
    frame = models.capability_index(RAW)
    yi, new = row(frame, model="Yi-34B"), row(frame, model="New from a known firm")
    assert (yi["training_compute_flop"], yi["compute_confidence"]) == (6.1e23, "Confident")
    assert (new["training_compute_flop"], new["compute_confidence"]) == (None, None)
    assert (yi["open_weights"], new["open_weights"]) == (True, False)


def test_costs_take_date_and_country_from_the_same_study() -> None:
    frame = models.training_costs(RAW)
    lee, glm = row(frame, model="AlphaGo Lee"), row(frame, model="GLM-4-Plus")
    assert (lee["date"], lee["country"], lee["cloud_cost_usd"]) == ("2016-01-27", "GBR", None)
    assert (glm["date"], glm["country"], glm["cloud_cost_usd"]) == ("2024-08-29", "CHN", 2000000.5)


def test_a_total_that_the_compute_rules_out_is_no_active_count() -> None:
    frame = models.active_parameters(RAW)
    deepseek = row(frame, model="DeepSeek-V2")
    assert (deepseek["parameters"], deepseek["active_parameters"]) == (236e9, None)
    assert row(frame, model="Mixtral 8x22B")["active_parameters"] == 39e9
    assert "Random chance" not in set(frame["model"])


@pytest.mark.parametrize(
    ("name", "developer"),
    [
        ("GPT-NeoX 20B", ("EleutherAI", "USA")),
        ("GPT-4o", ("OpenAI", "USA")),
        ("o1-mini", ("OpenAI", "USA")),
        ("Yi-6B", ("01.AI", "CHN")),
        ("Qwen2idae-16x14B", ("Chinese University of Hong Kong", "HKG")),
        ("Qwen2-72B", ("Alibaba", "CHN")),
        ("LLaMa-2 7B", ("Meta AI", "USA")),
    ],
)
def test_a_family_name_tells_the_developer(name: str, developer: tuple[str, str]) -> None:
    found = families.developers(pd.Series([name]))
    assert tuple(found.iloc[0]) == developer


def test_a_family_that_is_not_known_is_refused() -> None:
    with pytest.raises(TableError, match="Zorblax-7B"):
        families.developers(pd.Series(["GPT-4", "Zorblax-7B"]))


def test_tensor_throughput_comes_before_the_plain_figure() -> None:
    frame = hardware.ai_chips(RAW)
    both, ascend = row(frame, chip="Both columns"), row(frame, chip="Huawei Ascend 910B")
    assert (both["fp16_flop_per_s"], both["fp16_basis"]) == (9.895e14, "tensor")
    assert (ascend["fp16_flop_per_s"], ascend["fp16_basis"]) == (3.76e14, "non-tensor")


def test_a_chip_without_16_bit_figure_has_no_basis() -> None:
    announced = row(hardware.ai_chips(RAW), chip="Huawei Ascend 960")
    assert announced[["fp16_flop_per_s", "fp16_basis", "release_date"]].tolist() == [None] * 3
    assert announced["fp8_flop_per_s"] == 2e15


def test_an_impossible_bandwidth_is_left_out_and_a_missing_maker_named() -> None:
    frame = hardware.ai_chips(RAW)
    assert row(frame, chip="MetaX MXC500 (OAM)")["memory_bandwidth_bytes_per_s"] is None
    groq = row(frame, chip="GroqChip LPU v1")
    assert (groq["maker"], groq["maker_country"]) == ("Groq", "USA")
    assert groq["memory_bandwidth_bytes_per_s"] == 8e13  # on-chip memory: possible


def test_an_unknown_maker_is_refused(edited: Callable[[str, str, str], Path]) -> None:
    source = edited("epoch-ml-hardware/ml_hardware.csv", ",MetaX,", ",Nobody,")
    with pytest.raises(TableError, match="Nobody"):
        hardware.ai_chips(source)


def test_chinas_stock_and_whether_its_quarter_is_complete() -> None:
    frame = hardware.chips_owned(RAW)
    china = row(frame, owner="China", quarter_end=pd.Timestamp(2025, 12, 31))
    assert china[["h100e_p5", "h100e_p50", "h100e_p95"]].tolist() == [324871, 401698, 496849]
    assert (china["owner_country"], china["complete"]) == ("CHN", True)
    assert not row(frame, owner="China", quarter_end=pd.Timestamp(2026, 3, 31))["complete"]
    assert row(frame, owner="Other")["owner_country"] is None
    assert row(frame, owner="Amazon")["complete"]  # its file has no such column


def test_an_unknown_owner_is_refused(edited: Callable[[str, str, str], Path]) -> None:
    file = "epoch-ai-chip-counts/owners_csv_export/amd_owners_cumulative_totals.csv"
    with pytest.raises(TableError, match="Acme"):
        hardware.chips_owned(edited(file, "Other", "Acme"))


def test_percentiles_are_found_under_both_of_their_names() -> None:
    frame = hardware.chips_sold(RAW)
    amazon = row(frame, maker="Amazon")
    assert amazon[["h100e_p5", "h100e_p50", "h100e_p95"]].tolist() == [907525, 1020727, 1164343]
    assert amazon["units_p50"] == 1856963
    amd = row(frame, maker="AMD", quarter_end=pd.Timestamp(2025, 12, 31))
    assert amd["units_p50"] == 100
    assert amd[["h100e_p5", "h100e_p50", "h100e_p95"]].tolist() == [15, 30, 60]


def test_nvidias_sales_are_those_of_the_newer_export() -> None:
    nvidia = hardware.chips_sold(RAW).query("maker == 'Nvidia'")
    assert nvidia["h100e_p50"].tolist() == [20_987_084, 22_160_380]
    assert nvidia["complete"].tolist() == [True, False]


def test_chips_in_china_are_made_there_or_smuggled() -> None:
    frame = hardware.chips_in_china(RAW)
    smuggled, huawei = row(frame, route="smuggled"), row(frame, maker="Huawei")
    assert (smuggled["maker"], smuggled["h100e_p50"]) == ("Nvidia", 662_048)
    assert huawei[["h100e_p5", "h100e_p50", "h100e_p95"]].tolist() == [None, 707_968, None]


def test_a_phase_is_superseded_by_one_that_exists() -> None:
    superseded = hardware.gpu_clusters(RAW).set_index("cluster")["superseded"]
    assert superseded["Phase 1"]
    assert not superseded["Phase 2"]  # its successor is planned


def test_anonymised_clusters_are_told_apart() -> None:
    frame = hardware.gpu_clusters(RAW)
    assert frame["cluster"].is_unique
    second = row(frame, cluster="Anonymized Chinese System #2")
    assert second[["in_standard_analysis", "possible_duplicate"]].tolist() == [False, True]
    assert row(frame, cluster="Phase 3")["single_cluster"] is None


def test_the_error_is_that_of_the_best_scorer() -> None:
    frame = benchmarks.benchmark_runs(RAW)
    assert row(frame, run="r1")["standard_error"] == 0.01
    assert row(frame, run="r1")["run_date"] == pd.Timestamp(2025, 11, 17, 16, 28)


def test_runs_take_their_developer_from_the_index_where_it_has_the_version() -> None:
    frame = benchmarks.benchmark_runs(RAW)
    assert row(frame, run="r2")["country"] == "CHN"
    unlisted = row(frame, run="r3")
    assert unlisted[["model", "organization", "country"]].tolist() == ["Unlisted", None, None]


def test_scores_are_shares_and_their_median_over_sources_of_one_protocol() -> None:
    frame = benchmarks.benchmark_scores(RAW)
    mmlu = row(frame, benchmark="MMLU, 5-shot", version="Yi-34B")
    assert (mmlu["score"], mmlu["sources"]) == (0.469, 3)
    assert row(frame, benchmark="ARC AI2 challenge, 0-shot")["score"] == 0.48
    assert row(frame, benchmark="OpenBookQA, 0-shot")["score"] == 0.5
    assert row(frame, benchmark="Aider polyglot")["score"] == 0.88
    assert row(frame, benchmark="ARC-AGI")["score"] == 0.42


def test_benchmarks_have_the_names_of_the_scores() -> None:
    frame = benchmarks.benchmark_facts(RAW).set_index("benchmark")
    assert "ANLI" not in frame.index
    arc = frame.loc["ARC AI2 challenge, 0-shot"]
    assert (arc["optimised_for"], arc["chance"]) == (True, 0.25)
    fiction = frame.loc["Fiction.LiveBench, 16k tokens"]
    assert (fiction["optimised_for"], fiction["chance"]) == (False, 0.0)
    assert fiction["published"] == pd.Timestamp("2025-02-21")


def test_distilled_versions_are_tied_to_their_model() -> None:
    frame = benchmarks.distilled_models(RAW)
    assert not row(frame, version="Yi-34B")["distilled"]
    assert row(frame, version="Yi-34B")["model"] == "Yi-34B"
    assert pd.isna(row(frame, version="no-such-version")["model"])


def test_tokens_follow_from_compute_and_size() -> None:
    frame = benchmarks.scaling_law_runs(RAW)
    assert frame["training_tokens"].tolist() == pytest.approx([1e10, 2e10])
    assert frame["point"].tolist() == [1, 2]


def test_a_price_history_keeps_all_its_prices() -> None:
    frame = benchmarks.token_prices(RAW)
    history = frame.loc[frame["model"] == "o1-mini", "usd_per_million_tokens"]
    assert history.tolist() == [5.25, 1.925]
    deepseek = row(frame, model="DeepSeek-V3")
    assert (deepseek["maker"], deepseek["country"]) == ("DeepSeek", "CHN")
