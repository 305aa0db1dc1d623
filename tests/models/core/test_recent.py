"""What is kept for a key is not worked out again, until sixteen other keys came."""

from models.core.recent import Recent


def test_a_result_is_kept_for_its_key() -> None:
    asked: list[int] = []

    def work_out(key: int) -> int:
        asked.append(key)
        return 10 * key

    recent: Recent[int] = Recent()
    for key in (1, 1, *range(2, 17), 1):
        assert recent.get(key, lambda key=key: work_out(key)) == 10 * key  # type: ignore[misc]
    assert asked == list(range(1, 17))
    recent.get(17, lambda: work_out(17))
    recent.get(1, lambda: work_out(1))
    assert asked[-2:] == [17, 1]
