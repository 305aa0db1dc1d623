"""Counts of the public record: silent ones apart, rounds in order, whole quarters."""

import pandas as pd

from chapters.software_ecosystem import public_record
from overtake.data import tables
from tests.chapters.software_ecosystem.examples import training


def test_models_are_counted_by_chips_and_the_silent_apart() -> None:
    chips = public_record.count_training_chips(
        training(
            ("old", "CHN", "2024-01-01", "USA", None),
            ("silent", "CHN", "2025-01-01", None, None),
            ("own", "CHN", "2025-02-01", "CHN", None),
            ("mixed", "CHN", "2025-03-01", "CHN;USA", None),
            ("joint", None, "2025-03-01", "CHN", None),
            ("theirs", "USA", "2025-03-01", "USA", None),
            ("theirs, silent", "USA", "2025-03-01", None, None),
        )
    )
    assert [(y.year, y.chinese, y.both, y.foreign, y.silent) for y in chips.years] == [
        (2024, 0, 0, 1, 0),
        (2025, 1, 1, 0, 1),
    ]
    assert (chips.total.models, chips.total.told, chips.total.silent_share) == (4, 3, 0.25)
    assert (chips.models_on_chinese_chips, chips.by_chip_maker) == (("own",), 1)
    assert chips.american_silent_share == 0.5


def test_a_model_on_chips_of_another_firm_is_not_the_makers_own() -> None:
    table = training(("own", "CHN", "2025-02-01", "CHN", None)).assign(organization="iFlytek")
    assert public_record.count_training_chips(table).by_chip_maker == 0


def submissions(*rows: tuple[str, str, str | None, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["suite", "round", "maker_country", "results"])
    return frame.assign(maker=frame["maker_country"].fillna("CPU only"))


def test_rounds_are_in_order_of_number_and_not_of_text() -> None:
    record = public_record.read_record(
        submissions(
            ("training", "9.1", "CHN", 4),
            ("training", "10.0", "USA", 7),
            ("training", "11.0", "CHN", 0),
            ("inference", "2.0", None, 3),
        )
    )
    assert (record.last_training_round, record.newest_training_round) == ("9.1", "10.0")
    assert (record.last_inference_round, record.newest_inference_round) == ("", "2.0")
    assert (record.chinese_results, record.american_results) == (4, 7)
    assert record.absent_from_newest


def test_a_chinese_chip_in_the_newest_round_is_not_absent() -> None:
    record = public_record.read_record(
        submissions(("training", "5.1", "CHN", 1), ("inference", "5.1", "USA", 2))
    )
    assert not record.absent_from_newest


def test_developers_are_those_of_the_last_whole_quarter() -> None:
    rows = [
        (repository, quarter, 10 * place + len(repository))
        for repository in (public_record.ENGINE, public_record.PORT)
        for place, quarter in enumerate(
            ("2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3")
        )
    ]
    frame = pd.DataFrame(rows, columns=["repository", "quarter", "authors"])
    found = public_record.count_developers(frame)
    assert found.quarter == "2026Q2"
    assert found.port - found.port_a_year_before == 40
    assert found.port - found.engine == len(public_record.PORT) - len(public_record.ENGINE)


def test_the_tables_hold_what_was_counted_by_hand() -> None:
    chips = public_record.count_training_chips(tables.load("training_hardware"))
    assert {"GLM-5", "Pangu Ultra", "Spark-X1"} <= set(chips.models_on_chinese_chips)
    record = public_record.read_record(tables.load("mlperf_submissions"))
    assert record.chinese_makers == ("Biren", "Huawei", "Moffett")
