import pandas as pd
import pytest

from chapters.delivery_and_cash.accounts import Accounts, read_accounts

PUBLISHED = {
    "minimax-revenue-2025": 100.0,
    "minimax-gross-margin-2025": 20.0,
    "minimax-rd-2025": 240.0,
    "zhipu-rd-share-2025": 90.0,
    "openai-rd-compute-2024": 5.0,
    "openai-inference-compute-2024": 2.0,
    "openai-inference-2025": 9.0,
    "openai-rd-2025": 6.0,
    "inference-share-2025": 50.0,
}


def read(**changes: float) -> Accounts:
    values = PUBLISHED | {name.replace("_", "-"): value for name, value in changes.items()}
    frame = pd.DataFrame({"id": list(values), "value": list(values.values())})
    return read_accounts(frame, level=0.9)


def test_accounts_are_deliverys_share_of_delivery_and_research() -> None:
    found = read()
    assert found.minimax == pytest.approx(100 * 80 / (80 + 240))
    assert found.zhipu == pytest.approx(10)
    assert found.openai_2024 == pytest.approx(100 * 2 / 7)
    assert found.openai_2025 == pytest.approx(50)  # 6 of half a year, and 6
    assert (found.start_ups.low, found.start_ups.high) == (pytest.approx(10), pytest.approx(25))


@pytest.mark.parametrize(
    ("in_2024", "in_2025", "much"),
    [(2.0, 9.0, True), (2.0, 26.9, True), (2.0, 27.1, False), (15.1, 9.0, False)],
)
def test_much_for_research_is_a_quarter_by_both_measures(
    *, in_2024: float, in_2025: float, much: bool
) -> None:
    """Research is 5 of compute in 2024, and 6 of half a year's spending in 2025."""
    found = read(openai_inference_compute_2024=in_2024, openai_inference_2025=in_2025)
    assert found.much_goes_to_american_research is much
