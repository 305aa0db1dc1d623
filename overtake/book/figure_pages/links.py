"""What stands below a figure in a chapter: its data, code, citation and rerun, in one line."""

from docutils import nodes

CLASS = "overtake-figure-links"
_CSV = "Data (CSV)"
_PLACES = (
    ("Code", "model"),
    ("Cite", "cite"),
    ("Rerun", "rerun"),
    ("View as table", "table"),
)


def line(page: str, id: str, number: str) -> nodes.inline:
    """Return the links of a figure.

    Parameters
    ----------
    page : str
        Address of the figure's page, relative to the page that shows it.
    id : str
        The figure's id.
    number : str
        How readers call the figure; what the links are about, for those who hear them alone.
    """
    csv = f"{page.rpartition('/')[0]}/{id}.csv"
    links = [(_CSV, csv), *((label, f"{page}#{anchor}") for label, anchor in _PLACES)]
    shown = nodes.inline(classes=[CLASS])
    for index, (label, address) in enumerate(links):
        shown += [nodes.Text(" · ")] if index else []
        shown += _link(label, address, number)
    return shown


def shown_elsewhere(doctree: nodes.document) -> list[nodes.container]:
    """Return what holds a figure of another page; its last class is the figure's id."""
    found = doctree.findall(nodes.container)
    return [node for node in found if "overtake-shown" in node["classes"]]


def _link(label: str, address: str, number: str) -> nodes.reference:
    link = nodes.reference("", label, refuri=address, internal=True)
    if number:
        link += nodes.inline("", f" of {number}", classes=["overtake-spoken"])
    return link


def drop_downloads(element: nodes.Element) -> None:
    """Take out the links to files, each with the mark that parts it from what is before."""
    from sphinx.addnodes import download_reference

    for download in list(element.findall(download_reference)):
        parent = download.parent
        place = parent.index(download)
        parent.remove(download)
        if place and isinstance(before := parent[place - 1], nodes.Text):
            text = before.astext()
            left = text.rstrip(" ·")
            if not left or "·" in text[len(left) :]:
                parent.replace(before, [nodes.Text(left)] if left else [])
