"""Models: compute, cost, size, access and capability."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from importers.countries import country_columns
from importers.epoch_families import developers
from overtake.data.importing import importer

_FIRST_DATE = "2010-01-01"
_OPEN = "Open weights"
_LANGUAGE = "Language"
# Epoch AI's own file of scores, and its transcription of 1 October 2026, name columns otherwise.
_INDEX_COLUMNS: Mapping[str, str] = {
    "Model": "model",
    "Organization": "organization",
    "Country (of organization)": "nations",
    "Model accessibility": "accessibility",
    "release_date": "date",
    "score": "eci",
    "eci_ci_low": "eci_p5",
    "ci_low": "eci_p5",
    "eci_ci_high": "eci_p95",
    "ci_high": "eci_p95",
}
# Models of an organisation that the file of October 2026 calls "Other": who made them, and where.
_OTHER_DEVELOPERS: Mapping[str, tuple[str, str]] = {
    "RedPajama-INCITE-7B-Base": ("Together AI", "United States of America"),
    "chatglm2-6b": ("Z.ai (Zhipu AI),Tsinghua University", "China,China"),
    "internlm-20b": ("Shanghai AI Laboratory", "China"),
    "internlm-7b": ("Shanghai AI Laboratory", "China"),
    "open_llama_7b": ("UC Berkeley", "United States of America"),
    "stablelm-tuned-alpha-7b": (
        "Stability AI",
        "United Kingdom of Great Britain and Northern Ireland",
    ),
    "vicuna-13b-v1.1": ("LMSYS", "United States of America"),
}
# Organisations that the file of scores of October 2026 writes shorter than that of August.
_FULL_NAMES: Mapping[str, str] = {
    "Prime Intellect": "Prime Intellect,Hugging Face,Arcee AI",
    "Nvidia": "NVIDIA",
    "Hugging Face": "Hugging Face,ServiceNow,NVIDIA,BigCode",
}
# The file repeats their total of 236e9 as active; 6ND with their 1e24 FLOP gives about 21e9.
_ACTIVE_IS_TOTAL = ("DeepSeek-V2", "DeepSeek-Coder-V2")
_COLUMNS: Mapping[str, str] = {
    "Model": "model",
    "Organization": "organization",
    "Publication date": "date",
    "Domain": "domain",
    "Training compute (FLOP)": "training_compute_flop",
    "Confidence": "compute_confidence",
    "Parameters": "parameters",
    "Training dataset size (total)": "training_tokens",
    "Training dataset size (datapoints)": "training_tokens",
    "(DEPRECATED) Training dataset size (datapoints)": "training_tokens",
    "Training compute cost (2023 USD)": "training_cost_usd_2023",
    "Model accessibility": "accessibility",
    "Country (of organization)": "nations",
    "Country (from Organization)": "nations",
}


@importer("ai_models")
def ai_models(source: Path) -> pd.DataFrame:
    """Return Epoch AI's notable models of 2010 and later."""
    raw = pd.read_csv(source / "epoch-ai-models/notable_ai_models.csv")
    return _models(raw.assign(frontier=raw["Frontier model"].eq(other=True)))


@importer("large_models")
def large_models(source: Path) -> pd.DataFrame:
    """Return the models that Epoch AI takes to have used over 1e23 FLOP."""
    return _models(pd.read_csv(source / "epoch-ai-models/large_scale_ai_models.csv"))


@importer("language_models_2025_04")
def language_models_2025_04(source: Path) -> pd.DataFrame:
    """Return the language models with training compute in the April 2025 snapshot."""
    raw = pd.read_csv(source / "epoch-ai-models/all_ai_models_2025-04.csv", low_memory=False)
    models = _models(raw)
    return models[models["language_model"] & models["training_compute_flop"].notna()]


@importer("capability_index")
def capability_index(source: Path) -> pd.DataFrame:
    """Return one row a model: effort levels of a model share one index.

    What the file of scores leaves out comes from Epoch AI's other files: training compute and
    access by the model's name; the country by the model's name in the file of August 2026, else by
    its organisation there.
    """
    folder = source / "epoch-capabilities-index"
    raw = pd.read_csv(folder / "eci_scores.csv").rename(columns=_INDEX_COLUMNS)
    earlier = pd.read_csv(folder / "eci_scores_2026-08-11.csv").rename(columns=_INDEX_COLUMNS)
    known = _described_models(source)
    model = raw["model"]
    others = pd.DataFrame(_OTHER_DEVELOPERS, index=["organization", "nations"]).T
    organization = raw["organization"].mask(raw["organization"] == "Other")
    organization = organization.fillna(model.map(others["organization"]))
    access = model.map(_by(earlier, "model", "accessibility"))
    access = access.fillna(model.map(known["accessibility"]))
    nations = model.map(others["nations"])
    nations = nations.fillna(model.map(_by(earlier, "model", "nations")))
    for of in (organization, organization.map(_FULL_NAMES)):
        nations = nations.fillna(of.map(_by(earlier, "organization", "nations")))
    nations = nations.fillna(organization.map(_by(known, "organization", "nations")))
    return pd.DataFrame(
        {
            "model": model,
            "organization": organization,
            **country_columns(nations),
            "date": raw["date"],
            "eci": raw["eci"],
            "eci_p5": raw["eci_p5"],
            "eci_p95": raw["eci_p95"],
            "training_compute_flop": model.map(known["training_compute_flop"]),
            "compute_confidence": model.map(known["compute_confidence"]),
            "open_weights": _opened(access),
            "accessibility": access,
        }
    )


@importer("training_costs")
def training_costs(source: Path) -> pd.DataFrame:
    """Return costs of training runs by three methods, with date and country from the same study."""
    folder = source / "epoch-training-cost-trends"
    costs = pd.read_csv(folder / "model_costs.csv")
    models = pd.read_csv(folder / "All ML Systems - full view.csv", low_memory=False)
    known = models.drop_duplicates("Model").set_index("Model").reindex(costs["Model"])
    known = known.reset_index()
    return pd.DataFrame(
        {
            "model": costs["Model"],
            "organization": known["Organization"],
            **country_columns(known["Country (of organization)"]),
            "date": known["Publication date"],
            "cloud_cost_usd": costs["Cloud_Cost"],
            "acquisition_cost_usd": costs["Hardware_Acquisition_Cost"],
            "capex_energy_cost_usd": costs["Hardware_Capex_Energy_Cost"],
        }
    )


@importer("active_parameters")
def active_parameters(source: Path) -> pd.DataFrame:
    """Return models with total and active parameters, training compute and scores."""
    folder = source / "epoch-open-model-trends"
    raw = pd.read_csv(folder / "benchmarks_with_model_accessibility.csv", thousands=",")
    raw = raw[raw["System"] != "Random chance"].reset_index(drop=True)
    return pd.DataFrame(
        {
            "model": raw["System"],
            **developers(raw["System"]),
            "date": raw["Date"],
            "parameters": raw["Model size (parameters)"],
            "active_parameters": raw["Active Parameters"].mask(
                raw["System"].isin(_ACTIVE_IS_TOTAL)
            ),
            "training_compute_flop": raw["Training compute (FLOP)"],
            "mmlu": raw["MMLU"],
            "bbh": raw["BBH"],
            "gpqa": raw["GPQA"],
            "open_weights": raw["Open/Closed"].map({"Open": True, "Closed": False}),
        }
    )


def _models(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that snapshots share, of dated models since the first date."""
    raw = raw.rename(columns=_COLUMNS)
    raw = raw[raw["date"].notna() & (raw["date"] >= _FIRST_DATE)]
    return raw.assign(
        **country_columns(raw["nations"]),
        parameters=raw["parameters"].map(_largest),
        training_tokens=raw["training_tokens"].map(_largest),
        domain=raw["domain"].str.replace(",", ";"),
        language_model=raw["domain"].fillna("").str.split(",").map(lambda d: _LANGUAGE in d),
        open_weights=_opened(raw["accessibility"]),
    )


def _described_models(source: Path) -> pd.DataFrame:
    """Return what Epoch AI's files of models say of each, the newest file first."""
    folder = source / "epoch-ai-models"
    files = ("notable_ai_models.csv", "large_scale_ai_models.csv", "all_ai_models.csv")
    frames = [
        pd.read_csv(folder / file, low_memory=False).rename(columns=_COLUMNS) for file in files
    ]
    columns = ["organization", "training_compute_flop", "accessibility", "nations"]
    every = pd.concat([f[["model", "compute_confidence", *columns]] for f in frames])
    # A confidence belongs to the estimate of compute that stands in the same row.
    computed = every[every["training_compute_flop"].notna()].groupby("model").first()
    described = every.groupby("model")[columns].first()
    return described.assign(
        training_compute_flop=computed["training_compute_flop"],
        compute_confidence=computed["compute_confidence"],
    )


def _by(frame: pd.DataFrame, key: str, column: str) -> "pd.Series[str]":
    """Return the most frequent value of a column for each value of another."""
    known = frame.dropna(subset=[key, column])
    return known.groupby(key)[column].agg(lambda values: values.mode().iloc[0])


def _largest(value: object) -> float:
    """Return the largest of a comma list of numbers: a family of models in one row."""
    return max(float(part) for part in str(value).split(","))


def _opened(accessibility: "pd.Series[str]") -> "pd.Series[bool]":
    """Return whether the weights can be had; missing where the source doesn't say."""
    return accessibility.str.startswith(_OPEN).astype("boolean").where(accessibility.notna())
