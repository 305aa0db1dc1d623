"""Tables from Epoch AI's files (CC BY 4.0)."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from overtake.importing.countries import country_columns
from overtake.importing.framework import importer

_FIRST_DATE = "2010-01-01"
_OPEN = "Open weights"
# The uploader of this copy added two rows by hand that Epoch did not publish.
_HAND_ADDED = ("claude-mythos-2026-04-07", "muse-spark-2026-04-08")
_MODEL_COLUMNS: Mapping[str, str] = {
    "Model": "model",
    "Organization": "organization",
    "Publication date": "date",
    "Domain": "domain",
    "Training compute (FLOP)": "training_compute_flop",
    "Confidence": "compute_confidence",
    "Parameters": "parameters",
    "Training dataset size (total)": "training_tokens",
    "Training compute cost (2023 USD)": "training_cost_usd_2023",
    "Model accessibility": "accessibility",
    "Frontier model": "frontier",
}
_CHIP_OWNERS = {
    "Microsoft": "USA",
    "Meta": "USA",
    "Amazon": "USA",
    "Google": "USA",
    "Oracle": "USA",
    "xAI": "USA",
    "China": "CHN",
    "Other": None,
}
_CHIP_MAKER_COUNTRIES = {
    "NVIDIA": "USA", "AMD": "USA", "Google": "USA", "Intel": "USA", "Amazon AWS": "USA",
    "Meta": "USA", "Microsoft": "USA", "Tesla": "USA", "Huawei": "CHN", "Cambricon": "CHN",
    "Kunlunxin Baidu": "CHN", "MetaX": "CHN", "Iluvatar CoreX": "CHN", "Hygon": "CHN",
    "National University of Defense Technology": "CHN", "Moore Threads (Tencent)": "CHN",
    "Sunway": "CHN", "Biren": "CHN", "Alibaba": "CHN", "PEZY": "JPN", "Groq": "USA",
}  # fmt: skip
# Chips whose maker the file leaves out, and names itself in the chip's name.
_UNNAMED_MAKERS = {"GroqChip LPU v1": "Groq"}


@importer("ai_models")
def ai_models(source: Path) -> pd.DataFrame:
    """Return Epoch AI's notable models of 2010 and later."""
    raw = pd.read_csv(source / "epoch-ai-models/notable_ai_models.csv")
    return _models(raw, raw["Country (of organization)"])


@importer("language_models_2025_04")
def language_models_2025_04(source: Path) -> pd.DataFrame:
    """Return the language models with training compute in the April 2025 snapshot."""
    raw = pd.read_csv(source / "epoch-ai-models/all_ai_models_2025-04.csv", low_memory=False)
    models = _models(raw, raw["Country (from Organization)"])
    wanted = models["language_model"] & models["training_compute_flop"].notna()
    return models[wanted].drop_duplicates("model")


@importer("capability_index")
def capability_index(source: Path) -> pd.DataFrame:
    """Return one row a model: effort levels of a model share one index."""
    raw = pd.read_csv(source / "epoch-capabilities-index/epoch_capabilities_index.csv")
    raw = raw[~raw["Model version"].isin(_HAND_ADDED) & raw["ECI Score"].notna()]
    raw = raw.sort_values(["Model name", "Release date"]).drop_duplicates("Model name")
    return pd.DataFrame(
        {
            "model": raw["Model name"],
            "organization": raw["Organization"],
            **country_columns(raw["Country"]),
            "date": raw["Release date"],
            "eci": raw["ECI Score"],
            "training_compute_flop": raw["Training compute (FLOP)"],
            "compute_confidence": raw["Confidence"],
            "open_weights": _opened(raw["Model accessibility"]),
            "accessibility": raw["Model accessibility"],
        }
    )


@importer("benchmark_runs")
def benchmark_runs(source: Path) -> pd.DataFrame:
    """Return Epoch AI's own benchmark runs, with the model that each version belongs to."""
    folder = source / "epoch-benchmark-stitching"
    raw = pd.read_csv(folder / "benchmarks_runs.csv")
    versions = pd.read_csv(folder / "model_versions.csv").drop_duplicates("id")
    raw = raw[raw["Best score (across scorers)"].notna() & raw["model"].notna()]
    joined = raw.merge(versions, left_on="model", right_on="id", how="left", suffixes=("", "_v"))
    started = pd.to_datetime(joined["started_at"], format="%d %B %Y %I:%M%p")
    return pd.DataFrame(
        {
            "run": joined["id"],
            "version": joined["model"],
            "model": joined["Model"],
            "release_date": joined["Version release date"],
            "benchmark": joined["task"],
            "score": joined["Best score (across scorers)"],
            "standard_error": joined["Scores"].str.extract(r"±([0-9.]+)")[0],
            "run_date": started,
        }
    )


@importer("ai_chips")
def ai_chips(source: Path) -> pd.DataFrame:
    """Return accelerators; 16-bit throughput is the tensor figure where there is one."""
    raw = pd.read_csv(source / "epoch-ml-hardware/ml_hardware.csv")
    tensor = raw["Tensor-FP16/BF16 performance (FLOP/s)"]
    plain = raw["FP16 (half precision) performance (FLOP/s)"]
    basis = pd.Series(pd.NA, index=raw.index, dtype="string")
    maker = raw["Manufacturer"].fillna(raw["Hardware name"].map(_UNNAMED_MAKERS))
    basis = basis.mask(plain.notna(), "non-tensor").mask(tensor.notna(), "tensor")
    return pd.DataFrame(
        {
            "chip": raw["Hardware name"],
            "maker": maker,
            "maker_country": maker.map(_CHIP_MAKER_COUNTRIES),
            "release_date": raw["Release date"],
            "fp16_flop_per_s": tensor.fillna(plain),
            "fp16_basis": basis,
            "fp8_flop_per_s": raw["FP8 performance (FLOP/s)"],
            "int8_op_per_s": raw["INT8 performance (OP/s)"],
            "fp32_flop_per_s": raw["FP32 (single precision) performance (FLOP/s)"],
            "memory_bytes": raw["Memory (bytes)"],
            "memory_bandwidth_bytes_per_s": raw["Memory bandwidth (byte/s)"],
            "tdp_w": raw["TDP (W)"],
            "price_usd": raw["Release price (USD)"],
            "process_nm": raw["Process size (nm)"],
            "foundry": raw["Foundry"],
        }
    )


@importer("chips_owned")
def chips_owned(source: Path) -> pd.DataFrame:
    """Return cumulative accelerators by owner, in H100 equivalents."""
    folder = source / "epoch-ai-chip-counts/owners_csv_export"
    makers = ("amd", "nvidia", "tpu", "trainium")
    raw = pd.concat(
        [pd.read_csv(folder / f"{m}_owners_cumulative_totals.csv") for m in makers],
        ignore_index=True,
    )
    return pd.DataFrame(
        {
            "owner": raw["Owner"],
            "owner_country": raw["Owner"].map(_CHIP_OWNERS),
            "maker": raw["Chip manufacturer"],
            "quarter_end": _american_dates(raw["End date"]),
            "h100e_p5": raw["H100e (5th percentile)"],
            "h100e_p50": raw["Compute estimate in H100e (median)"],
            "h100e_p95": raw["H100e (95th percentile)"],
            "units_p50": raw["Number of Units"],
            "power_mw_p50": raw["Power in MW (median)"],
            "complete": raw["Incomplete"].isna(),
        }
    )


@importer("chips_sold")
def chips_sold(source: Path) -> pd.DataFrame:
    """Return cumulative accelerators by maker, in H100 equivalents."""
    folder = source / "epoch-ai-chip-counts/csv_export"
    raw = pd.concat(
        [
            pd.read_csv(folder / f"{m}_cumulative_totals.csv")
            for m in ("amd", "nvidia", "tpu", "trainium")
        ],
        ignore_index=True,
    )
    return pd.DataFrame(
        {
            "maker": raw["Chip manufacturer"],
            "quarter_end": _american_dates(raw["End date"]),
            "h100e_p5": raw["Compute estimate in H100e (5th percentile)"],
            "h100e_p50": raw["Compute estimate in H100e (median)"],
            "h100e_p95": raw["Compute estimate in H100e (95th percentile)"],
            "complete": raw["Incomplete"].isna(),
        }
    )


@importer("gpu_clusters")
def gpu_clusters(source: Path) -> pd.DataFrame:
    """Return clusters, existing, planned and decommissioned; the status tells which."""
    raw = pd.read_csv(source / "epoch-gpu-clusters/gpu_clusters.csv")
    # Chinese entries are anonymised and share names: the place in the file tells them apart.
    repeat = raw.groupby("Name").cumcount() + 1
    return pd.DataFrame(
        {
            "cluster": raw["Name"].where(repeat == 1, raw["Name"] + " #" + repeat.astype(str)),
            **country_columns(raw["Country"]),
            "owner": raw["Owner"],
            "sector": raw["Sector"],
            "status": raw["Status"],
            "certainty": raw["Certainty"],
            "first_operational_date": raw["First Operational Date"],
            "h100e": raw["H100 equivalents"],
            "power_mw": raw["Power Capacity (MW)"],
            "in_standard_analysis": raw["Include in Standard Analysis"].notna(),
            "possible_duplicate": raw["Possible Duplicate"].notna(),
        }
    )


@importer("scaling_law_runs")
def scaling_law_runs(source: Path) -> pd.DataFrame:
    """Return the training runs of Hoffmann et al. as Besiroglu et al. read them off a figure."""
    raw = pd.read_csv(source / "epoch-chinchilla-replication/svg_extracted_data.csv")
    raw = raw.reset_index(names="point")
    return pd.DataFrame(
        {
            "point": raw["point"] + 1,
            "parameters": raw["Model Size"],
            "training_compute_flop": raw["Training FLOP"],
            "loss": raw["loss"],
        }
    )


@importer("token_prices")
def token_prices(source: Path) -> pd.DataFrame:
    """Return prices per token with benchmark scores, from two files of the same shape."""
    folder = source / "epoch-llm-price-trends"
    names = ("aa_data_with_math5.csv", "epoch_ai_price_data_not_in_aa_with_benchmarks.csv")
    raw = pd.concat([pd.read_csv(folder / name).assign(file=name) for name in names])
    raw = raw[raw["USD per 1M Tokens"].notna() & raw["Release Date"].notna()]
    raw = raw.drop_duplicates(["Model Name", "Release Date"])
    return pd.DataFrame(
        {
            "model": raw["Model Name"],
            "date": raw["Release Date"],
            "usd_per_million_tokens": raw["USD per 1M Tokens"],
            "mmlu_percent": raw["MMLU"],
            "gpqa_diamond_percent": raw["GPQA Diamond"],
            "math500_percent": raw["MATH-500"],
            "humaneval_percent": raw["HumanEval"],
        }
    )


def _models(raw: pd.DataFrame, countries: "pd.Series[str]") -> pd.DataFrame:
    raw = raw.assign(**country_columns(countries))
    raw = raw.rename(
        columns={"Training dataset size (datapoints)": "Training dataset size (total)"}
    )
    raw = raw[raw["Publication date"].notna() & (raw["Publication date"] >= _FIRST_DATE)]
    columns = {new: raw.get(old) for old, new in _MODEL_COLUMNS.items()}
    return pd.DataFrame(columns, index=raw.index).assign(
        parameters=raw["Parameters"].map(_largest),
        training_tokens=raw["Training dataset size (total)"].map(_largest),
        country=raw["country"],
        countries=raw["countries"],
        domain=raw["Domain"].str.replace(",", ";"),
        language_model=raw["Domain"].fillna("").str.contains("Language"),
        open_weights=_opened(raw["Model accessibility"]),
        frontier=_flagged(raw, "Frontier model"),
    )


def _largest(value: object) -> float:
    """Return the largest of a comma list of numbers: a family of models in one row."""
    return max(float(part) for part in str(value).split(","))


def _flagged(raw: pd.DataFrame, column: str) -> "pd.Series[bool]":
    """Return whether a tick box is ticked; older snapshots lack the column."""
    if column not in raw:
        return pd.Series(data=False, index=raw.index)
    return raw[column].astype("string").str.lower().isin(["true", "checked"])


def _opened(accessibility: "pd.Series[str]") -> "pd.Series[bool]":
    """Return whether the weights can be had; missing where the source doesn't say."""
    return accessibility.str.startswith(_OPEN).astype("boolean").where(accessibility.notna())


def _american_dates(dates: "pd.Series[str]") -> "pd.Series[pd.Timestamp]":
    return pd.to_datetime(dates, format="%m/%d/%Y")
