"""A figure's data to take away: one archive with the CSV, its record, and words that go along."""

from overtake.book.figures import ShownFigure
from overtake.book.files import File
from overtake.book.head import Subject
from overtake.core import digests, pages
from overtake.publishing.citations.formats import FORMATS
from overtake.publishing.publication import LICENCE

README_NAME = "README.md"
MEDIA_TYPE = "application/zip"


def of_figure(figure: ShownFigure, subject: Subject) -> File:
    """Pack a figure's data, record and readme, in a folder of its name; each time the same."""
    files = {
        f"{figure.id}.csv": figure.file("csv").read_bytes(),
        f"{figure.id}.json": figure.record(),
        README_NAME: readme(figure, subject).encode(),
    }
    packed = digests.pack({f"{figure.id}/{name}": content for name, content in files.items()})
    meaning = "data, record, and a readme with citation, licences and lines that load it"
    return File(f"{figure.id}.zip", "ZIP", meaning, MEDIA_TYPE, packed)


def readme(figure: ShownFigure, subject: Subject) -> str:
    """Return what to know of a figure's data: source, columns, licences, citation, loading."""
    licences = {each.name: each for table in figure.tables for each in table.licenses}
    header, *_ = figure.data()
    return pages.render(
        "figure_readme.jinja",
        figure=figure,
        address=subject.address,
        header=header,
        picture_licence=LICENCE,
        data_licences=list(licences.values()),
        citation=subject.citation,
        bibtex=FORMATS["bibtex"].write(figure.item).strip(),
    )
