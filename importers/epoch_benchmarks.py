"""Benchmarks, prices of tokens, and the runs behind a scaling law."""

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from importers.countries import country_columns
from importers.epoch_families import developers
from overtake.data.importing import importer

_STITCHING = "epoch-benchmark-stitching"
_FLOP_PER_PARAMETER_AND_TOKEN = 6
# Benchmarks that one leaderboard runs in one way: file, name, column of the score.
_LEADERBOARDS: Mapping[str, tuple[str, str]] = {
    "aider_polyglot": ("Aider polyglot", "Percent correct"),
    "arc_agi": ("ARC-AGI", "Score"),
    "balrog": ("Balrog", "Average progress"),
    "cadeval": ("CadEval", "Overall pass (%)"),
    "cybench": ("Cybench", "Unguided % Solved"),
    "deepresearch": ("DeepResearch Bench", "Average score"),
    "fictionlivebench": ("Fiction.LiveBench, 16k tokens", "16k token score"),
    "geobench": ("GeoBench", "ACW Country %"),
    "gso_bench": ("GSO-Bench", "Score OPT@1"),
    "simple_bench": ("SimpleBench", "Score (AVG@5)"),
    "vpct": ("VPCT", "Correct"),
    "weirdml": ("WeirdML", "Accuracy"),
}
# Benchmarks that papers run with different numbers of examples: the one to keep, as written.
_PAPERS: Mapping[str, tuple[str, str, int]] = {
    "arc_ai2": ("ARC AI2 challenge, 0-shot", "Challenge score", 0),
    "bbh": ("BBH, 3-shot", "Average", 3),
    "gsm8k": ("GSM8K, 8-shot", "EM", 8),
    "hellaswag": ("HellaSwag, 0-shot", "Overall accuracy", 0),
    "mmlu": ("MMLU, 5-shot", "EM", 5),
    "openbookqa": ("OpenBookQA, 0-shot", "Accuracy", 0),
    "piqa": ("PIQA, 0-shot", "Score", 0),
    "triviaqa": ("TriviaQA, 5-shot", "EM", 5),
    "winogrande": ("Winogrande, 0-shot", "Accuracy", 0),
}
# What a guesser gets, one over the options of a question; zero for open answers.
_CHANCE: Mapping[str, float] = {
    "ARC AI2": 1 / 4,
    "GPQA diamond": 1 / 4,
    "HellaSwag": 1 / 4,
    "MMLU": 1 / 4,
    "OpenBookQA": 1 / 4,
    "PIQA": 1 / 2,
    "SimpleBench": 1 / 6,
    "VPCT": 1 / 3,
    "Winogrande": 1 / 2,
}
_PRICE_COLUMNS: Mapping[str, str] = {
    "Model Name": "model",
    "Release Date": "date",
    "USD per 1M Tokens": "usd_per_million_tokens",
    "MMLU": "mmlu_percent",
    "GPQA Diamond": "gpqa_diamond_percent",
    "MATH-500": "math500_percent",
    "HumanEval": "humaneval_percent",
}


@importer("benchmark_runs")
def benchmark_runs(source: Path) -> pd.DataFrame:
    """Return Epoch AI's own benchmark runs, with the model that each version belongs to."""
    raw = pd.read_csv(source / _STITCHING / "benchmarks_runs.csv")
    raw = raw[raw["Best score (across scorers)"].notna() & raw["model"].notna()]
    joined = raw.merge(_versions(source), left_on="model", right_on="version", how="left")
    best = joined["Best score (across scorers)"]
    return pd.DataFrame(
        {
            "run": joined["id"],
            "version": joined["model"],
            "model": joined["Model"],
            "organization": joined["Organization"],
            **country_columns(joined["Country"]),
            "release_date": joined["Version release date"],
            "benchmark": joined["task"],
            "score": best,
            "standard_error": list(map(_error_of_best, joined["Scores"], best)),
            "run_date": pd.to_datetime(joined["started_at"], format="%d %B %Y %I:%M%p"),
        }
    )


@importer("benchmark_scores")
def benchmark_scores(source: Path) -> pd.DataFrame:
    """Return scores by others, of one protocol a benchmark; the median where sources differ."""
    models = _versions(source).set_index("version")["Model"]
    tables = [_published(source, file, *spec) for file, spec in _LEADERBOARDS.items()]
    tables += [_few_shot(source, file, *spec) for file, spec in _PAPERS.items()]
    scores = pd.concat(tables).groupby(["benchmark", "version"], as_index=False)
    scored = scores.agg(score=("score", "median"), sources=("score", "size"))
    return scored.assign(model=scored["version"].map(models), score=scored["score"].round(6))


@importer("benchmarks")
def benchmark_facts(source: Path) -> pd.DataFrame:
    """Return what is known of each benchmark in `benchmark_runs` and `benchmark_scores`."""
    raw = pd.read_csv(source / _STITCHING / "benchmark_optim.csv")
    runs = pd.read_csv(source / _STITCHING / "benchmarks_runs.csv", usecols=["task"])["task"]
    published = [spec[0] for spec in (*_LEADERBOARDS.values(), *_PAPERS.values())]
    # The file names a benchmark without the number of examples or tokens.
    short = {name: re.split(r" challenge,|,", name)[0] for name in {*published, *runs.dropna()}}
    names = pd.DataFrame(short.items(), columns=["name", "benchmark"])
    joined = raw.merge(names, on="benchmark", validate="one_to_one")
    return pd.DataFrame(
        {
            "benchmark": joined["name"],
            "published": pd.to_datetime(joined["benchmark_release_date"], format="%Y/%m/%d"),
            "optimised_for": joined["optimized_for"],
            "coding": joined["is_coding"],
            "mathematics": joined["is_math"],
            "chance": joined["benchmark"].map(_CHANCE).fillna(0.0).round(6),
            "url": joined["source"],
        }
    )


@importer("distilled_models")
def distilled_models(source: Path) -> pd.DataFrame:
    """Return Epoch AI's judgement of which model versions learnt from another model's outputs."""
    raw = pd.read_csv(source / _STITCHING / "distilled_models.csv")
    models = _versions(source).set_index("version")["Model"]
    return pd.DataFrame(
        {
            "version": raw["model"],
            "model": raw["model"].map(models),
            "distilled": raw["distilled"],
            "confidence": raw["confidence"],
            "note": raw["notes"],
        }
    )


@importer("scaling_law_runs")
def scaling_law_runs(source: Path) -> pd.DataFrame:
    """Return the training runs of Hoffmann et al. as Besiroglu et al. read them off a figure."""
    raw = pd.read_csv(source / "epoch-chinchilla-replication/svg_extracted_data.csv")
    size, compute = raw["Model Size"], raw["Training FLOP"]
    return pd.DataFrame(
        {
            "point": raw.index + 1,
            "parameters": size,
            "training_compute_flop": compute,
            "training_tokens": compute / (_FLOP_PER_PARAMETER_AND_TOKEN * size),
            "loss": raw["loss"],
        }
    )


@importer("token_prices")
def token_prices(source: Path) -> pd.DataFrame:
    """Return prices per token with benchmark scores, from two files of the same shape."""
    folder = source / "epoch-llm-price-trends"
    names = ("aa_data_with_math5.csv", "epoch_ai_price_data_not_in_aa_with_benchmarks.csv")
    # A column that one file lacks must not end as empty cells: hence usecols.
    files = [pd.read_csv(folder / name, usecols=list(_PRICE_COLUMNS)) for name in names]
    raw = pd.concat(files, ignore_index=True).rename(columns=_PRICE_COLUMNS)
    known = developers(raw["model"])
    return raw.assign(maker=known["organization"], country=known["country"])


def _versions(source: Path) -> pd.DataFrame:
    """Return model versions with their developer, which only the capability index has."""
    versions = pd.read_csv(source / _STITCHING / "model_versions.csv")
    index = pd.read_csv(source / "epoch-capabilities-index/epoch_capabilities_index.csv")
    known = index.drop_duplicates("Model version")[["Model version", "Organization", "Country"]]
    versions = versions.rename(columns={"id": "version"})
    columns = ["version", "Model", "Version release date"]
    return versions[columns].merge(
        known, left_on="version", right_on="Model version", how="left", validate="one_to_one"
    )


def _error_of_best(scores: str, best: float) -> float:
    """Return the standard error of the scorer whose score is the best one."""
    found = re.findall(r":([0-9.]+)±([0-9.]+)", scores)
    return min(((abs(float(s) - best), float(e)) for s, e in found), default=(0, float("nan")))[1]


def _published(source: Path, file: str, benchmark: str, column: str) -> pd.DataFrame:
    raw = _scores_file(source, file)
    return _scored(raw, benchmark, column)


def _few_shot(source: Path, file: str, benchmark: str, column: str, shots: int) -> pd.DataFrame:
    raw = _scores_file(source, file)
    given = raw["Shots"].astype("string").str.extract(r"^(\d+)")[0]
    return _scored(raw[given == str(shots)], benchmark, column)


def _scores_file(source: Path, file: str) -> pd.DataFrame:
    return pd.read_csv(source / _STITCHING / f"external_benchmark_{file}.csv")


def _scored(raw: pd.DataFrame, benchmark: str, column: str) -> pd.DataFrame:
    """Return percentages as shares; rows without a model version are of unknown models."""
    percent = raw[column].astype("string").str.removesuffix("%").astype("Float64")
    scores = pd.DataFrame({"version": raw["Model version"], "score": percent / 100})
    return scores.dropna().assign(benchmark=benchmark)
