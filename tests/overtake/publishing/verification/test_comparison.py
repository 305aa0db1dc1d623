"""What differs between a run on record and its repetition."""

import base64
import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from overtake.core.errors import RecordError
from overtake.publishing.verification.proof import FileDifference, changed_span, compare
from overtake.runs import recorded
from overtake.runs.recorded import Recorded, RunInputs

INPUTS = RunInputs("growth", {}, "a" * 64, {}, {}, "b" * 64, "3.11")


@pytest.fixture
def difference(tmp_path: Path) -> "Comparer":
    return Comparer(tmp_path)


class Comparer:
    """Compares one file of a run with that of its repetition."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, before: bytes, after: bytes) -> FileDifference:
        for side, content in (("record", before), ("repeated", after)):
            path = self.folder / side / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        outputs = {name: hashlib.sha256(before).hexdigest()}
        run = Recorded(INPUTS, outputs, "here", self.folder / "record")
        (found,) = compare(run, self.folder / "repeated")
        return found


def png(pixels: np.ndarray) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(packed, "png")
    return packed.getvalue()


@given(st.binary(), st.binary())
def test_the_span_holds_every_byte_that_differs_and_no_more(before: bytes, after: bytes) -> None:
    if before == after:
        return
    first, last = map(int, changed_span(before, after).removeprefix("bytes ").split("–"))
    assert before[:first] == after[:first]
    assert before[first : first + 1] != after[first : first + 1]
    assert before[last + 1 :] == after[last + 1 :]
    assert last < max(len(before), len(after))


def test_a_deviation_is_measured_on_the_scale_of_its_column(difference: Comparer) -> None:
    found = difference("figures/f.csv", b"x,y\n1e-18,5\n2,5\n", b"x,y\n3e-18,5\n2,5\n")
    (deviation,) = found.deviations
    assert deviation.place == "column x, row 1"
    assert deviation.relative == pytest.approx(1e-18)
    assert found.within(1e-12)
    assert not found.within(0)


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (b"x\nred\n", b"x\nblue\n", "among them the text of column x, row 1"),
        (b"x\n1\n", b"x\n1\n2\n", "other rows, columns or names"),
        (b"x\n1\n", b"y\n1\n", "other rows, columns or names"),
        (b"x\n1\n", b"x\n\xff\n", "bytes 2–2 differ"),
    ],
)
def test_what_is_no_number_is_never_within_tolerance(
    difference: Comparer, before: bytes, after: bytes, what: str
) -> None:
    found = difference("figures/f.csv", before, after)
    assert what in found.what
    assert not found.within(1)


def test_numbers_within_a_sentence_are_compared_as_numbers(difference: Comparer) -> None:
    found = difference(
        "results.json",
        json.dumps({"reason": "It is −0.50 of 1,200"}).encode(),
        json.dumps({"reason": "It is −0.51 of 1,200"}).encode(),
    )
    (deviation,) = found.deviations
    assert (deviation.recorded, deviation.repeated) == (-0.5, -0.51)
    assert found.within(0.02)


def test_missing_values_are_the_same_on_both_sides(difference: Comparer) -> None:
    found = difference("results.json", b'{"a": NaN, "b": null}', b'{"b": null, "a": NaN }')
    assert not found.near  # names in another order are another file
    same = difference("results.json", b'{"a": NaN}', b'{"a":  NaN}')
    assert same.deviations == ()
    assert same.within(0)


def test_a_picture_is_near_if_no_eye_sees_the_difference(difference: Comparer) -> None:
    plain = np.full((4, 5, 3), 100)
    slightly = plain.copy()
    slightly[0, 0] = 103
    far = plain.copy()
    far[1, 2] = 160
    assert difference("figures/f.png", png(plain), png(slightly)).within(0)
    seen = difference("figures/f.png", png(plain), png(far))
    assert seen.what == "1 of 20 pixels differ, by up to 60 of 255 levels"
    assert not seen.within(1)
    other = difference("figures/f.png", png(plain), png(plain[:2]))
    assert other.what == "it has 5 × 2 pixels, the recorded one 5 × 4"


def test_a_copy_of_a_file_that_the_run_does_not_have_is_never_near(difference: Comparer) -> None:
    """Hashes and pictures are left out of the comparison, so they must be those of the run."""

    def shown(picture: bytes) -> bytes:
        told = {"image/png": base64.b64encode(picture).decode()}
        return json.dumps({"cells": [{"outputs": [{"data": told}]}]}).encode()

    def named(digest: str) -> bytes:
        return json.dumps({"files": {"f.csv": digest}}).encode()

    for name, forged, made in (
        ("notebook.ipynb", shown(b"another"), shown(b"drawn")),
        ("figures/f.json", named("0" * 64), named("1" * 64)),
    ):
        found = difference(name, forged, made)
        assert "files of no such run" in found.what
        assert not found.within(1)


def test_what_two_programs_read_differently_is_never_near(difference: Comparer) -> None:
    for forged in (b'{"a": 2, "a": 1}', b'{"a": true}', b'{"a": 1, "b": 1}'):
        assert not difference("results.json", forged, b'{"a": 1}').within(1), forged


@given(st.text(alphabet="./\\ab~ \0", min_size=1, max_size=12))
def test_no_path_of_a_record_leads_out_of_its_folder(name: str) -> None:
    record = {
        "format": 1,
        "id": INPUTS.id,
        "inputs": vars(INPUTS),
        "outputs": {name: "0" * 64},
    }
    folder = Path("/runs/x")
    try:
        found = recorded.parse(record, "the record")
    except RecordError:
        return
    for path in found.outputs:
        assert Path(path).parts
        assert ".." not in Path(path).parts
        assert (folder / path).is_relative_to(folder)
