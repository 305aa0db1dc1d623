from models.core.estimates import Estimate, in_percent


def test_a_share_in_percent_keeps_all_but_its_numbers_and_unit() -> None:
    share = Estimate(0.25, 0.125, 0.5, 0.9, "credible", 9)
    assert in_percent(share) == Estimate(25.0, 12.5, 50.0, 0.9, "credible", 9, "%")
