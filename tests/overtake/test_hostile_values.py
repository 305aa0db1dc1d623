"""A parameter is data: whatever it holds, it never reaches the kernel as code.

Papermill writes the parameters as a cell of Python. Here its own translation
is read back, with no names to call.
"""

import ast

import nbformat
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nbformat import v4
from papermill.parameterize import parameterize_notebook

from overtake.book import ledger
from overtake.chapter import parameters
from overtake.chapter.parameters import JUDGEMENT, ChapterParameters, parameter
from overtake.core import pages
from overtake.core.errors import ParameterError

HOSTILE = [
    '"; import os; os.system("touch owned"); "',
    "'; raise SystemExit; '",
    '"""\nimport os\n"""',
    "\\",
    '\\"',
    '\\\\"\nprint(1)\n#',
    "{__import__('os').getcwd()}",
    "../../etc/passwd",
    "C:\\new\\table",
    "a\x00b\r\n\x1b[31m\u2028\u2029\u202e",
    "𝟚 “quoted” 价值",
    "```{eval-rst}\n.. raw:: html\n```",
    "</script><script>alert(1)</script>",
]


class Free(ChapterParameters):
    """A declaration with a free text."""

    label: str = parameter("plain", unit="", meaning="A word.", source=JUDGEMENT)
    share: float = parameter(0.5, unit="", meaning="Share.", source=JUDGEMENT)
    count: int = parameter(1, unit="", meaning="Count.", source=JUDGEMENT)


def injected(values: dict[str, object]) -> str:
    cell = v4.new_code_cell("label = 'plain'", metadata={"tags": ["parameters"]})
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    notebook = v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel, "papermill": {}})
    made: nbformat.NotebookNode = parameterize_notebook(
        notebook, values, kernel_name="python3", language="python"
    )
    (cell,) = [c for c in made.cells if "injected-parameters" in c.metadata.tags]
    return str(cell.source)


def read_back(source: str) -> dict[str, object]:
    """Read assignments of literals, and refuse everything else."""
    values = {}
    for statement in ast.parse(source).body:
        assert isinstance(statement, ast.Assign), ast.unparse(statement)
        (target,) = statement.targets
        assert isinstance(target, ast.Name)
        values[target.id] = ast.literal_eval(statement.value)
    return values


def with_examples(function):  # noqa: ANN001, ANN201
    for text in HOSTILE:
        function = example(text)(function)
    return function


@with_examples
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_reaches_the_kernel_as_the_text_it_is(text: str) -> None:
    values = parameters.resolve(Free, {"label": text})
    assert read_back(injected(values)) == {"label": text, "share": 0.5, "count": 1}


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(min_value=-(10**300), max_value=10**300),
)
def test_numbers_reach_the_kernel_to_the_last_bit(share: float, count: int) -> None:
    values = parameters.resolve(Free, {"share": share, "count": count})
    seen = read_back(injected(values))
    assert (repr(seen["share"]), seen["count"]) == (repr(share), count)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ParameterError, match="finite"):
        parameters.resolve(Free, {"share": value})


@pytest.mark.parametrize("name", ["share", "count", "label"])
@pytest.mark.parametrize("value", [True, False, None, [], {}, 1j])
def test_what_is_of_another_type_is_refused(name: str, value: object) -> None:
    with pytest.raises(ParameterError, match=name):
        parameters.resolve(Free, {name: value})


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(ParameterError, match="surrogate"):
        parameters.resolve(Free, {"label": "a\ud800"})


@given(st.text())
@example("`")
@example("``a`")
@example("a\n\nb")
@example("")
def test_a_value_stays_in_its_code_span_on_the_page(text: str) -> None:
    shown = pages.code(text)
    fence = shown[: len(shown) - len(shown.lstrip("`"))]
    inside = shown[len(fence) : -len(fence)]
    assert shown.startswith(fence)
    assert shown.endswith(fence)
    assert "\n" not in shown
    assert fence not in inside.replace(fence + "`", "")


@given(st.text())
@example("```")
@example("a\n````\nb")
def test_a_command_stays_in_its_block_on_the_page(text: str) -> None:
    first, *lines, last = pages.code_block(text, "console").rstrip("\n").split("\n")
    assert first == f"{last}console"
    assert not any(last in line for line in lines)


def test_the_command_on_the_page_is_quoted_for_the_shell() -> None:
    command = ledger.rerun_command("growth", {"label": "a b; rm -rf /'"})
    assert command == """.venv/bin/overtake run growth -p 'label=a b; rm -rf /'"'"''"""
