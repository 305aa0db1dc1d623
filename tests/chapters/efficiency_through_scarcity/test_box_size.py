import pytest

from chapters.efficiency_through_scarcity.box_size import Box, Boxes, draw_boxes, estimate_boxes
from tests.chapters.efficiency_through_scarcity.serving_examples import setting


@pytest.fixture(scope="module")
def boxes() -> Boxes:
    return estimate_boxes(setting(), context_tokens=1000, sequences=1)


def test_a_dense_model_fills_the_memory_of_its_box(boxes: Boxes) -> None:
    # 16-bit weights and one short cache: what is left of eight times 80 GB is little.
    usable = 8 * 80e9 * setting().central.usable_memory_share[0]
    assert boxes.of["H100"].dense == pytest.approx(usable / 2 / 1e9, rel=0.02)
    assert boxes.of["H100"].codesigned == pytest.approx(usable / 1e9, rel=0.02)


def test_more_sequences_leave_less_room(boxes: Boxes) -> None:
    crowded = estimate_boxes(setting(), context_tokens=100_000, sequences=8)
    assert all(crowded.of[name].dense < box.dense for name, box in boxes.of.items())


def of(h20: float, b200: float) -> Boxes:
    return Boxes({"H20": Box("H20", 100, h20), "B200": Box("B200", b200, 900)}, 671e9)


@pytest.mark.parametrize(
    ("codesigned", "dense", "expected"), [(500, 400, True), (400, 400, True), (300, 400, False)]
)
def test_the_lesser_box_serves_as_large_a_model(
    codesigned: float, dense: float, expected: object
) -> None:
    assert of(codesigned, dense).lesser_serves_as_large is expected


def test_reaches_and_what_fits() -> None:
    boxes = of(500, 300)
    assert boxes.growth_reach == (3, 5)
    assert boxes.dense_reach == (100, 300)
    assert boxes.codesigned_reach == (500, 900)
    assert boxes.holding_deepseek_v3 == ("B200",)
    assert of(671, 300).holding_deepseek_v3 == ("H20", "B200")


def test_each_chip_has_one_mark_for_each_design(boxes: Boxes) -> None:
    drawing = draw_boxes(boxes)
    assert list(drawing.data["chip"]) == [name for name in setting().chips for _ in range(2)]
    (axes,) = drawing.figure.axes
    marks = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 1]
    assert marks == list(drawing.data["billion_parameters"])
