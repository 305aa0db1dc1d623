"""The importers of software for chips, on a few rows in the files' format, traps included."""

from pathlib import Path

import pandas as pd
import pytest

from importers import rules, software
from overtake.core.errors import TableError
from overtake.data.importing import Importer

OPERATORS = """\
backend,vendor,vendor_country,project,port_ref,port_commit,port_date,pytorch_version,ops_cuda,\
ops_native,share_native,ops_composite_only,ops_missing,core_ops_cuda,core_ops_native,\
share_core_native,ops_registered_total,note
CPU,(host),,pytorch,torch 2.1.0,,2023-10-04,2.1.0,539,506,0.9388,2,31,120,119,0.9917,550,
NPU (Ascend),Huawei,China,op-plugin,v5,be19,2023-12-26,2.1.0,539,334,0.6197,31,174,120,119,0.99,427,
"""
RELEASES = """\
upstream,port,vendor,vendor_country,upstream_version,upstream_date,port_version,port_stage,\
port_date,lag_days,upstream_date_source,port_date_source,port_snapshot_commit
PyTorch,torch_npu,Huawei,China,2.8.0,2025-08-06,v7.2.0,first release,2025-10-27,82,PyPI,tag,9e73
vLLM,vllm-gaudi,Intel,United States,0.24.0,2026-06-30,v0.24.0rc0,first release candidate,\
2026-06-18,-12,lock,tag,091b
"""
MODELS = """\
model,developer,developer_country,vllm_registered,vllm_commit,ascend_documented,ascend_doc_commit,\
ascend_first_in_code,ascend_code_commit,lag_days,censored_days
Known,Alibaba,China,2025-09-11,e93f,2025-09-16,b5cc,2025-09-16,c556,5,
Waiting,Mistral,France,2025-12-02,d8c6,,,,,,263
"""
MLPERF = """\
suite,round,accelerator_vendor,vendor_country,submitters,systems,benchmark_results,source_commit
inference,2.0,CPU only,,6,21,1432,425a
inference,2.0,Rebellions,Korea,1,1,5,1948
"""
LARGE = """\
Model,Organization,Country (of organization),Publication date,Domain,Base model,\
Training compute (FLOP),Training hardware,Hardware quantity,Hardware utilization (MFU)
Silent,DeepSeek,China,2025-01-01,Language,,1e24,,,
Both,"Baidu,Peng Cheng Laboratory","China,China",2021-12-23,"Language,Vision",,1e24,\
"NVIDIA Tesla V100 DGXS 32 GB,Huawei Ascend 910",1920,0.3
Native,China Mobile,China,2024-06-15,Language,,4e23,Ascend (昇腾) 910B,896,
"""
ACTIVITY = """\
repository,kind,led_by,quarter,commits,authors,snapshot_commit
"vllm-project/vllm (fork neuralmagic/vllm, main)",serving engine,"shared, US-led",2026Q2,9,5,017e
Ascend/pytorch,framework port,"Huawei, China",2026Q2,3,2,9e73
"""
FILES = {
    "software-ecosystem/op_coverage.csv": OPERATORS,
    "software-ecosystem/release_lag.csv": RELEASES,
    "software-ecosystem/model_support_lag.csv": MODELS,
    "software-ecosystem/mlperf_submissions.csv": MLPERF,
    "software-ecosystem/developer_activity.csv": ACTIVITY,
    "epoch-newer/2026-08-19_KonstantinPilz__china-training-compute/"
    "large_scale_ai_models.csv": LARGE,
}


def write(folder: Path, old: str = "", new: str = "") -> Path:
    """Write the files, with one text replaced."""
    assert not old or sum(old in text for text in FILES.values()) == 1
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
    return folder


def test_the_host_has_no_maker_and_a_chip_has_one(tmp_path: Path) -> None:
    frame = software.operator_coverage(write(tmp_path)).set_index("backend")
    assert pd.isna(frame.loc["CPU", "maker"])
    assert pd.isna(frame.loc["CPU", "maker_country"])
    assert frame.loc["NPU (Ascend)", ["maker", "maker_country"]].tolist() == ["Huawei", "CHN"]
    assert rules.operators_add_up.holds(frame).all()


def test_a_model_without_support_is_watched_to_the_last_day(tmp_path: Path) -> None:
    frame = software.model_support(write(tmp_path)).set_index("model")
    assert pd.isna(frame.loc["Waiting", "documented"])
    assert set(frame["watched_until"]) == {"2026-08-22"}
    assert frame.loc["Waiting", "developer_country"] == "FRA"


def test_chips_of_two_countries_are_both_named_and_silence_stays_silent(tmp_path: Path) -> None:
    frame = software.training_hardware(write(tmp_path)).set_index("model")
    assert frame.loc["Both", "chip_countries"] == "CHN;USA"
    assert frame.loc["Native", "chip_countries"] == "CHN"
    assert pd.isna(frame.loc["Silent", "chip_countries"])
    assert frame.loc["Both", ["country", "domain"]].tolist() == ["CHN", "Language;Vision"]


def test_a_fork_goes_by_the_name_of_what_it_forks(tmp_path: Path) -> None:
    frame = software.developer_activity(write(tmp_path)).set_index("repository")
    assert frame.loc["vllm-project/vllm", "lead_country"] == "USA"
    assert pd.isna(frame.loc["vllm-project/vllm", "lead"])
    assert frame.loc["Ascend/pytorch", "lead"] == "Huawei"


def test_korea_is_the_one_that_makes_accelerators(tmp_path: Path) -> None:
    frame = software.mlperf_submissions(write(tmp_path)).set_index("maker")
    assert frame.loc["Rebellions", "maker_country"] == "KOR"
    assert pd.isna(frame.loc["CPU only", "maker_country"])


@pytest.mark.parametrize(
    ("build", "old", "new", "complaint"),
    [
        (software.operator_coverage, "31,174", "31,175", "add up: v5"),
        (software.port_releases, ",82,", ",83,", r"lag_days.*torch_npu/v7\.2\.0"),
        (software.model_support, "c556,5,", "c556,6,", r"lag_days.*Known"),
        (software.model_support, ",263", ",264", r"censored_days.*Waiting"),
        (software.developer_activity, "Huawei, China", "Huawei", "leads it: Ascend/pytorch/Huawei"),
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
    source = write(tmp_path, old, new)
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
