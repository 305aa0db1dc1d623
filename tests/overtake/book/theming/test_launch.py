"""Where a chapter can be run, for each kind of host."""

import pytest

from overtake.book.theming import launch

NOTEBOOK = "main?urlpath=lab/tree/chapters/growth.ipynb"


def addresses(repository: str | None) -> dict[str, str]:
    return {each.label: each.address for each in launch.of_chapter("chapters/growth", repository)}


@pytest.mark.parametrize("suffix", ["", "/", ".git"])
def test_github_has_binder_and_colab(suffix: str) -> None:
    found = addresses(f"https://github.com/somebody/book{suffix}")
    assert found["Run on Binder"] == f"https://mybinder.org/v2/gh/somebody/book/{NOTEBOOK}"
    assert found["Run on Colab"].endswith("/github/somebody/book/blob/main/binder/colab.ipynb")


def test_gitlab_has_binder_alone() -> None:
    found = addresses("https://gitlab.com/somebody/book")
    assert found == {"Run on Binder": f"https://mybinder.org/v2/gl/somebody%2Fbook/{NOTEBOOK}"}


def test_any_other_host_is_named_whole() -> None:
    (address,) = addresses("https://git.example.org/book").values()
    assert address == f"https://mybinder.org/v2/git/https%3A%2F%2Fgit.example.org%2Fbook/{NOTEBOOK}"


def test_without_an_address_there_is_no_dead_link() -> None:
    assert addresses(None) == {}
