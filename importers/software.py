"""Software for chips: operators, releases, models supported, benchmarks and developers.

The counts and dates were read from snapshots of public repositories. What the files derive
from their own columns is computed again and must agree, row by row: a count that does not
add up, or days that are not those between two dates, is refused with its name.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from importers.countries import code_of, country_columns
from overtake.core.errors import TableError
from overtake.data.importing import importer

_FOLDER = "software-ecosystem"
_LARGE_MODELS = "epoch-ai-models/large_scale_ai_models.csv"
_WATCHED_UNTIL = "2026-08-22"
_WITHOUT_LICENCE = ("Ascend/MindSpeed-LLM",)
_LEADS = {
    "shared, US-led": (None, "USA"),
    "Huawei, China": ("Huawei", "CHN"),
    "Intel, United States": ("Intel", "USA"),
    "Google, United States": ("Google", "USA"),
    "MetaX, China": ("MetaX", "CHN"),
    "Enflame, China": ("Enflame", "CHN"),
    "Baidu, China": ("Baidu", "CHN"),
    "Shanghai AI Lab, China": ("Shanghai AI Lab", "CHN"),
    "BAAI, China": ("BAAI", "CHN"),
}
_CHIP_COUNTRIES = {
    "NVIDIA": "USA", "Google TPU": "USA", "Amazon Trainium": "USA", "AMD": "USA",
    "Cerebras": "USA", "Huawei": "CHN", "Ascend": "CHN",
}  # fmt: skip


@importer("operator_coverage")
def operator_coverage(source: Path) -> pd.DataFrame:
    """Return, for each port of PyTorch, the operators of CUDA that it has a kernel for."""
    raw = pd.read_csv(source / _FOLDER / "op_coverage.csv")
    parts = ["ops_native", "ops_composite_only", "ops_missing"]
    _require(raw[parts].sum(axis=1) == raw["ops_cuda"], raw, ["port_ref"], "operators don't add up")
    return pd.DataFrame(
        {
            "backend": raw["backend"],
            "port_ref": raw["port_ref"],
            "maker": raw["vendor"].mask(raw["vendor"] == "(host)"),
            "maker_country": _codes(raw["vendor_country"]),
            "project": raw["project"],
            "port_commit": raw["port_commit"],
            "port_date": raw["port_date"],
            "pytorch_version": raw["pytorch_version"],
            "operators": raw["ops_cuda"],
            "native": raw["ops_native"],
            "composite_only": raw["ops_composite_only"],
            "missing": raw["ops_missing"],
            "core_operators": raw["core_ops_cuda"],
            "core_native": raw["core_ops_native"],
            "note": raw["note"],
        }
    )


@importer("port_releases")
def port_releases(source: Path) -> pd.DataFrame:
    """Return releases of PyTorch and vLLM, and of what brings them to another chip."""
    raw = pd.read_csv(source / _FOLDER / "release_lag.csv")
    names = ["port", "port_version"]
    _require_days(raw, "upstream_date", "port_date", "lag_days", names)
    return pd.DataFrame(
        {
            "upstream": raw["upstream"],
            "upstream_version": raw["upstream_version"],
            "upstream_date": raw["upstream_date"],
            "port": raw["port"],
            "maker": raw["vendor"],
            "maker_country": _codes(raw["vendor_country"]),
            "stage": raw["port_stage"],
            "port_version": raw["port_version"],
            "port_date": raw["port_date"],
            "upstream_date_source": raw["upstream_date_source"],
            "port_commit": raw["port_snapshot_commit"],
        }
    )


@importer("model_support")
def model_support(source: Path) -> pd.DataFrame:
    """Return when models came to vLLM and when their support on Ascend was documented."""
    raw = pd.read_csv(source / _FOLDER / "model_support_lag.csv")
    raw = raw.assign(until=_WATCHED_UNTIL)
    documented = raw["ascend_documented"].notna()
    _require_days(raw[documented], "vllm_registered", "ascend_documented", "lag_days", ["model"])
    _require_days(raw[~documented], "vllm_registered", "until", "censored_days", ["model"])
    return pd.DataFrame(
        {
            "model": raw["model"],
            "developer": raw["developer"],
            "developer_country": _codes(raw["developer_country"]),
            "registered": raw["vllm_registered"],
            "registered_commit": raw["vllm_commit"],
            "documented": raw["ascend_documented"],
            "documented_commit": raw["ascend_doc_commit"],
            "first_in_code": raw["ascend_first_in_code"],
            "first_in_code_commit": raw["ascend_code_commit"],
            "watched_until": raw["until"],
        }
    )


@importer("mlperf_submissions")
def mlperf_submissions(source: Path) -> pd.DataFrame:
    """Return systems and results submitted to MLPerf by maker of the accelerator."""
    raw = pd.read_csv(source / _FOLDER / "mlperf_submissions.csv", dtype={"round": "string"})
    return pd.DataFrame(
        {
            "suite": raw["suite"],
            "round": raw["round"],
            "maker": raw["accelerator_vendor"],
            "maker_country": _codes(raw["vendor_country"].replace("Korea", "South Korea")),
            "submitters": raw["submitters"],
            "systems": raw["systems"],
            "results": raw["benchmark_results"],
            "source_commit": raw["source_commit"],
        }
    )


@importer("developer_activity")
def developer_activity(source: Path) -> pd.DataFrame:
    """Return commits and their authors by quarter, of repositories whose licence is known."""
    raw = pd.read_csv(source / _FOLDER / "developer_activity.csv")
    raw = raw[~raw["repository"].isin(_WITHOUT_LICENCE)]
    _require(raw["led_by"].isin(_LEADS), raw, ["repository", "led_by"], "nobody known leads it")
    return pd.DataFrame(
        {
            "repository": raw["repository"].str.split(" (", regex=False).str[0],
            "quarter": raw["quarter"],
            "kind": raw["kind"],
            "lead": raw["led_by"].map(lambda name: _LEADS[name][0]),
            "lead_country": raw["led_by"].map(lambda name: _LEADS[name][1]),
            "commits": raw["commits"],
            "authors": raw["authors"],
            "snapshot_commit": raw["snapshot_commit"],
        }
    )


@importer("training_hardware")
def training_hardware(source: Path) -> pd.DataFrame:
    """Return the chips on which large models were trained, with their makers' countries."""
    raw = pd.read_csv(source / _LARGE_MODELS)
    chips = raw["Training hardware"]
    makers = chips.map(_chip_countries, na_action="ignore")
    _require(makers.ne(""), raw.assign(chips=chips), ["Model", "chips"], "a chip of no known maker")
    return pd.DataFrame(
        {
            "model": raw["Model"],
            "organization": raw["Organization"],
            **country_columns(raw["Country (of organization)"]),
            "date": raw["Publication date"],
            "domain": raw["Domain"].str.replace(",", ";"),
            "base_model": raw["Base model"],
            "training_compute_flop": raw["Training compute (FLOP)"],
            "training_hardware": chips.str.replace(",", ";"),
            "chip_countries": makers,
            "chips": raw["Hardware quantity"],
            "flop_utilisation": raw["Hardware utilization (MFU)"],
        }
    )


def _chip_countries(chips: str) -> str:
    """Return the countries of the chips' makers, each once; empty if one is not known."""
    known = [
        next((code for maker, code in _CHIP_COUNTRIES.items() if chip.startswith(maker)), None)
        for chip in chips.split(",")
    ]
    return "" if None in known else ";".join(sorted({code for code in known if code}))


def _codes(names: "pd.Series[str]") -> "pd.Series[str]":
    return names.map(code_of, na_action="ignore").astype("string")


def _require_days(raw: pd.DataFrame, start: str, end: str, days: str, names: Sequence[str]) -> None:
    """Require that a column has the days between two others."""
    between = (pd.to_datetime(raw[end]) - pd.to_datetime(raw[start])).dt.days
    _require(between == raw[days], raw, names, f"{days} is not {end} less {start}")


def _require(
    holds: "pd.Series[bool]", raw: pd.DataFrame, names: Sequence[str], problem: str
) -> None:
    """Refuse rows for which something does not hold, by name."""
    if not holds.all():
        rows = ["/".join(map(str, row)) for row in raw.loc[~holds, list(names)].to_numpy()]
        raise TableError(f"{problem}: {'; '.join(rows)}")
