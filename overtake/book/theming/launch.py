"""Where a chapter's notebook can be had and run: as a file, on Binder, on Colab."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_BINDER = {"github.com": "gh", "gitlab.com": "gl"}
"""Binder's word for a host whose repositories it knows by owner and name."""


@dataclass(frozen=True)
class Launch:
    """A way to open a notebook.

    Attributes
    ----------
    label, address : str
        Words for readers, and where it leads.
    """

    label: str
    address: str


def of_chapter(page: str, repository: str | None) -> list[Launch]:
    """Return where a chapter can be run; nothing without the repository's address.

    Parameters
    ----------
    page : str
        Sphinx's name of the page, whose notebook has the same path.
    repository : str or None
        Web address of the repository. Colab opens the ones on GitHub only.
    """
    if not repository:
        return []
    found = [Launch("Run on Binder", _binder(repository, f"{page}.ipynb"))]
    host, path = _parts(repository)
    if host == "github.com":
        address = f"https://colab.research.google.com/github/{path}/blob/main/binder/colab.ipynb"
        found.append(Launch("Run on Colab", address))
    return found


def _binder(repository: str, notebook: str) -> str:
    host, path = _parts(repository)
    if kind := _BINDER.get(host):
        place = f"{kind}/{path if kind == 'gh' else quote(path, safe='')}"
    else:
        place = f"git/{quote(repository, safe='')}"
    return f"https://mybinder.org/v2/{place}/main?urlpath=lab/tree/{notebook}"


def _parts(repository: str) -> tuple[str, str]:
    parts = urlsplit(repository)
    return parts.netloc, parts.path.strip("/").removesuffix(".git")
