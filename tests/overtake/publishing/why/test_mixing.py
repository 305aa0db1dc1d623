"""Tables of one state under the columns that the code of another knows."""

import json
from typing import Any

from overtake.core import digests
from overtake.publishing.why import mixing, states
from overtake.publishing.why.defaults import NOW
from tests.conftest import resource
from tests.overtake.publishing.why.conftest import TinyBook


def with_column(name: str, **constraints: Any) -> dict[str, Any]:
    described: Any = resource("points")
    column = {"name": name, "type": "string", "description": "", "constraints": constraints}
    described["schema"]["fields"].append(column)
    return dict(described)


def trees(book: TinyBook) -> tuple[str, str]:
    """Return the trees of the last commit and of the checkout."""
    return (
        states.find(book.project, "HEAD").tree, states.find(book.project, NOW).tree
    )  # fmt: skip


def test_a_column_that_the_code_does_not_know_is_left_out(tiny: TinyBook) -> None:
    tiny.commit()
    tiny.put_table("points", "year,value,note\n2000,7,new\n", with_column("note"))
    then, now = trees(tiny)
    mixed = mixing.mix(tiny.project, code=then, data=now)
    assert mixed.files["tables/points.csv"] == b"year,value\n2000,7\n"
    assert (mixed.taken, mixed.kept) == ({"points"}, {})
    (said,) = json.loads(mixed.files["datapackage.json"])["resources"]
    assert said["hash"] == f"sha256:{digests.of(mixed.files['tables/points.csv'])}"
    assert [each["name"] for each in said["schema"]["fields"]] == ["year", "value"]


def test_a_column_that_may_be_missing_is_empty(tiny: TinyBook) -> None:
    tiny.commit()
    tiny.put_table("points", "year,value,note\n2000,7,new\n", with_column("note"))
    then, now = trees(tiny)
    mixed = mixing.mix(tiny.project, code=now, data=then)
    assert mixed.files["tables/points.csv"] == b"year,value,note\n2000,1,\n2001,2,\n"


def test_a_table_without_a_column_that_is_needed_stays_as_the_code_has_it(tiny: TinyBook) -> None:
    tiny.commit()
    tiny.put_table("points", "year,value,note\n2000,7,new\n", with_column("note", required=True))
    then, now = trees(tiny)
    mixed = mixing.mix(tiny.project, code=now, data=then)
    assert (mixed.files, mixed.kept) == ({}, {"points": "lacks the column note"})


def test_a_table_that_the_other_state_lacks_stays_and_is_named(tiny: TinyBook) -> None:
    tiny.commit()
    tiny.put_table("others", "year,value\n2000,7\n", resource("others"))
    then, now = trees(tiny)
    assert mixing.mix(tiny.project, code=now, data=then).kept == {
        "others": "is not in the other state"
    }
    assert mixing.mix(tiny.project, code=then, data=now) == mixing.Mixed()


def test_a_table_may_be_kept_for_a_reason(tiny: TinyBook) -> None:
    tiny.commit()
    tiny.put(values=(5,))
    then, now = trees(tiny)
    mixed = mixing.mix(tiny.project, code=then, data=now, keep={"points": "breaks a rule"})
    assert mixed == mixing.Mixed(kept={"points": "breaks a rule"})
