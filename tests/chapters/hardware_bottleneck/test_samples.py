import pandas as pd
import pytest

from chapters.hardware_bottleneck import samples
from chapters.shared import chips

CLUSTERS = pd.DataFrame(
    {
        "cluster": [
            "counted",
            "left aside",
            "planned",
            "superseded",
            "unknown size",
            "counted twice",
        ],
        "status": ["Existing", "Existing", "Planned", "Existing", "Existing", "Existing"],
        "superseded": pd.array([False, False, False, True, False, False], "boolean"),
        "possible_duplicate": pd.array([False, False, False, False, False, True], "boolean"),
        "h100e": [10.0, 5.0, 9.0, 9.0, float("nan"), 10.0],
        "in_standard_analysis": pd.array([True, False, True, True, True, True], "boolean"),
        "certainty": "Confirmed",
    }
)


def test_only_clusters_that_exist_count_and_each_once() -> None:
    assert list(chips.existing_clusters(CLUSTERS)["cluster"]) == ["counted", "left aside"]
    assert list(chips.standard_clusters(CLUSTERS)["cluster"]) == ["counted"]


@pytest.mark.parametrize(
    ("countries", "country"),
    [("USA", "USA"), ("CHN", "CHN"), ("USA,CHN", "CHN"), ("FRA", None), (None, None)],
)
def test_any_affiliation_counts_for_china_first(countries: str | None, country: str | None) -> None:
    models = pd.DataFrame({"countries": pd.array([countries], "string"), "country": ["?"]})
    found = samples.by_country_with_china_first(models)["country"].iloc[0]
    assert (None if pd.isna(found) else found) == country


def test_models_are_chosen_by_kind_year_and_known_compute() -> None:
    models = pd.DataFrame(
        {
            "model": list("abcd"),
            "language_model": pd.array([True, False, None, True], "boolean"),
            "date": pd.to_datetime(["2020-01-01", "2021-01-01", "2021-01-01", "2019-12-31"]),
            "training_compute_flop": [1e20, 1e20, 1e20, None],
            "compute_confidence": ["Likely", "Speculative", "Confident", None],
        }
    )
    assert list(samples.language_models(models)["model"]) == ["a", "d"]
    assert list(samples.since_year(models, 2020)["model"]) == ["a", "b", "c"]
    assert list(samples.known_runs(models)["model"]) == ["a", "b", "c"]
    assert list(samples.confident_runs(models)["model"]) == ["a", "c"]
