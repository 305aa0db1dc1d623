"""The files that a table has had: those of the commit that is built, each once."""

import json
from collections.abc import Callable

import pytest

from overtake.publishing import vintages
from tests.conftest import SmallBook, resource


def package(digest: str, vintage: str, **others: object) -> str:
    """Return a package whose table of points has this hash and vintage."""
    points = {**resource("points"), "hash": f"sha256:{digest}", "vintage": vintage}
    return json.dumps({"name": "small", "resources": [points, resource("others")], **others})


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a book whose data changed twice, the second time elsewhere; and on a branch."""
    made = make_small_book()
    made.write("data/datapackage.json", package("a", "2025-01-01"))
    made.commit("First")
    made.git("checkout", "--quiet", "-b", "aside")
    made.write("data/datapackage.json", package("b", "2025-02-02"))
    made.commit("On a branch")
    made.git("checkout", "--quiet", "-")
    made.write("data/datapackage.json", package("c", "2025-03-03"))
    made.commit("Second")
    made.write("data/datapackage.json", package("c", "2025-03-03", title="Points"))
    made.commit("Another title")
    return made


def test_the_past_is_that_of_the_commit_and_no_other_branch_s(book: SmallBook) -> None:
    found = vintages.of_table(vintages.past(book.project), "points")
    assert [(each.vintage, each.hash) for each in found] == [
        ("2025-03-03", "sha256:c"), ("2025-01-01", "sha256:a"),
    ]  # fmt: skip
    everywhere = vintages.of_table(vintages.all_vintages(book.project), "points")
    assert {each.hash for each in everywhere} == {"sha256:a", "sha256:b", "sha256:c"}
    assert found[-1].of.commit == book.git("rev-list", "HEAD").splitlines()[-1]


def test_a_table_that_a_state_lacks_has_no_file_there(book: SmallBook) -> None:
    assert vintages.of_table(vintages.past(book.project), "new") == []
