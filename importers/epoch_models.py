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
# The uploader of this copy added two rows by hand that Epoch did not publish.
_HAND_ADDED = ("claude-mythos-2026-04-07", "muse-spark-2026-04-08")
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


def _largest(value: object) -> float:
    """Return the largest of a comma list of numbers: a family of models in one row."""
    return max(float(part) for part in str(value).split(","))


def _opened(accessibility: "pd.Series[str]") -> "pd.Series[bool]":
    """Return whether the weights can be had; missing where the source doesn't say."""
    return accessibility.str.startswith(_OPEN).astype("boolean").where(accessibility.notna())
