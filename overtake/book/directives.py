"""What pages of the book may ask for: directives that show what runs, tables and scenarios hold."""

from collections.abc import Callable
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective, SphinxRole

from overtake.book import (
    building,
    explorer,
    forecast_log_page,
    ledger,
    number_lists,
    plain,
    scenario_page,
    shown,
    table_page,
)
from overtake.book.building import Build
from overtake.book.figure_site import ASSETS, FILES, LOOKS, figure_index
from overtake.book.number_site import ENTRY_CLASS, LISTS_NUMBERS
from overtake.core import pages
from overtake.core.errors import ResultError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import forecast_log, publication, published, releases, stamp
from overtake.publishing.citations import edition, formats
from overtake.publishing.citations.catalogue import BOOK, Catalogue
from overtake.publishing.verification import outcomes
from overtake.publishing.why import record


def setup(app: Sphinx) -> None:
    """Register the directives with Sphinx."""
    app.add_directive("chapter-figure", ChapterFigure)
    app.add_directive("chapter-parameters", ChapterParametersTable)
    app.add_directive("citation", CitationText)
    app.add_directive("cited-version", CitedVersion)
    app.add_directive("claim-ledger", ClaimLedger)
    app.add_directive("data-catalogue", DataCatalogue)
    app.add_directive("explorer", Explorer)
    app.add_directive("figure-index", FigureIndex)
    app.add_directive("forecast-log", ForecastLog)
    app.add_directive("number-search", NumberSearch)
    app.add_role("number-entry", NumberEntry())
    app.add_role("number-list", NumberList())
    app.add_directive("run-facts", RunFacts)
    app.add_directive("scenario-cards", ScenarioCards)
    app.add_directive("scenario-figure", ScenarioFigure)
    app.add_directive("scenario-numbers", ScenarioNumbers)
    app.add_directive("scenario-verdicts", ScenarioVerdicts)
    app.add_directive("since-last-release", SinceLastRelease)


class _MarkdownDirective(SphinxDirective):
    """A directive whose content is Markdown computed from runs and tables."""

    def _markdown(self) -> str:
        """Return the Markdown to put in the directive's place."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Parse the computed Markdown as part of the page."""
        holder = nodes.Element()
        with building.stopping_at_refusals():
            text = self._markdown()
        lines = StringList(text.splitlines(), source=self.env.doc2path(self.env.docname))
        self.state.nested_parse(lines, self.content_offset, holder)
        return list(holder.children)

    @property
    def build(self) -> Build:
        """What the build knows."""
        return building.of(self.env.app)

    @property
    def project(self) -> Project:
        """The project that is being built."""
        return self.build.project


class ChapterFigure(_MarkdownDirective):
    """A figure of a chapter's run on another page; the arguments are the chapter and the id."""

    required_arguments = 2

    def _markdown(self) -> str:
        chapter, figure = self.arguments
        figures = self.build.run_of(chapter).figures
        if figure not in figures:
            raise ResultError(f"no figure {figure!r}; there are: {', '.join(sorted(figures))}")
        return shown.figure_elsewhere(figures[figure], self.project.root)


class ChapterParametersTable(_MarkdownDirective):
    """A chapter's parameters with the values of this build, and the command to rerun it."""

    required_arguments = 1

    def _markdown(self) -> str:
        return ledger.chapter_parameters(self.build.run_of(self.arguments[0]))


class CitationText(_MarkdownDirective):
    """A citation: the id of what is cited, and a format."""

    required_arguments = 2

    def _markdown(self) -> str:
        cited, name = self.arguments
        published = self.build.publication or publication.read(self.project)
        catalogue = Catalogue.of_runs(self.project, published, self.build.runs)
        item = formats.item(catalogue.find(cited), published, self.project)
        return formats.markdown(item, name)


class CitedVersion(_MarkdownDirective):
    """Which version the citations of this build name, and how much of it is as released."""

    def _markdown(self) -> str:
        published = self.build.publication or publication.read(self.project)
        catalogue = Catalogue.of_runs(self.project, published, self.build.runs)
        cited = [edition.of(each, published, self.project) for each in catalogue.figures.values()]
        book = edition.of(catalogue.find(BOOK), published, self.project)
        return edition.told(book, cited)


class ClaimLedger(_MarkdownDirective):
    """Every claim that the book tests, a card for each; `chapters` gives the order."""

    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {"chapters": directives.unchanged}

    def _markdown(self) -> str:
        chapters = self.options.get("chapters", "").split()
        table = self.config[ledger.CLAIMS_SETTING]
        return ledger.claim_ledger(self.build.runs, table, chapters, self.build.released)


class DataCatalogue(_MarkdownDirective):
    """Every table of ``data/`` with source, licence, vintage and rows, to search."""

    def _markdown(self) -> str:
        known = published.read_tables(self.project)
        return ledger.data_catalogue(known.moved(tables.names()))

    def run(self) -> list[nodes.Node]:
        """Return the list, and on the site above it what searches it and the files of all."""
        listed = super().run()
        if self.build.tables is None:
            return listed
        search = nodes.raw("", table_page.index(self.env.docname), format="html")
        search[ASSETS] = LOOKS
        return [addnodes.only("", search, expr="builder_html"), *listed]


class Explorer(SphinxDirective):
    """Sliders over a surface; the argument is the chapter that publishes it.

    The content is a sentence that stands in its place on paper.
    """

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the explorer as it stands in the page."""
        build = building.of(self.env.app)
        with building.stopping_at_refusals():
            content = explorer.read(build.run_of(self.arguments[0]))
            page = self._page(build, content["chapter"])
        data = explorer.describe(content, page)
        text = explorer.render(data, page, build.project.root / explorer.TEMPLATES)
        node = nodes.raw("", text, format="html", on_paper=" ".join(self.content))
        node[ASSETS], node[FILES] = explorer.SCRIPTS, (explorer.surface(data),)
        return [node]

    def _page(self, build: Build, chapter: str) -> explorer.Page:
        said = build.publication or publication.read(build.project)
        catalogue = Catalogue.of_runs(build.project, said, build.runs)
        book = edition.of(catalogue.find(BOOK), said, build.project)
        return explorer.Page(
            shown=build.run_of(chapter),
            outcomes=build.outcomes,
            origin=f"{said.short_title}, {book.version}",
            origin_line=stamp.origin(chapter, said, book.version),
            address=said.address(f"/{self.env.docname}.html"),
        )


class FigureIndex(SphinxDirective):
    """Every figure with a thumbnail, to search and narrow down."""

    def run(self) -> list[nodes.Node]:
        """Keep the place until the figures' numbers are known."""
        return [figure_index()]


class NumberSearch(SphinxDirective):
    """What searches the list of headline numbers on its page, on the site."""

    def run(self) -> list[nodes.Node]:
        """Return the search, and take note of the page."""
        self.env.metadata[self.env.docname][LISTS_NUMBERS] = "yes"
        search = nodes.raw("", pages.render("number_index.html"), format="html")
        search[ASSETS] = LOOKS
        return [addnodes.only("", search, expr="builder_html")]


class NumberEntry(SphinxRole):
    """A headline number in a list, by its id: its label, which leads to its page."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the label; where it leads is known once all pages are read."""
        chapter, _, name = self.text.partition("/")
        numbers = building.of(self.env.app).run_of(chapter).headline
        if name not in numbers:
            raise ExtensionError(f"no headline number is called {self.text!r}")
        entry = nodes.inline("", numbers[name].label, classes=[ENTRY_CLASS], number=self.text)
        return [entry], []


class NumberList(SphinxRole):
    """What leads to the list of a chapter's numbers, by the chapter."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return a link on the site, and nothing elsewhere."""
        build = building.of(self.env.app)
        if build.number_lists is None:
            return [], []
        there = number_lists.page_name(build.run_of(self.text).chapter)
        address = f"{'../' * self.env.docname.count('/')}{there}.html"
        words = "Other numbers in its text"
        link = nodes.reference("", words, refuri=address, internal=True)
        return [addnodes.only("", nodes.inline("", " · "), link, expr="builder_html")], []


class ForecastLog(_MarkdownDirective):
    """All forecasts of the log: those that were settled, then those to come."""

    def _markdown(self) -> str:
        for name in ("log.jsonl", "scores.jsonl"):
            self.env.note_dependency(str(forecast_log.folder(self.project) / name))
        log = forecast_log.read(self.project)
        days = sorted({each.made for each in log.forecasts})
        for day in days:
            self.env.note_dependency(str(record.path_of(self.project, day)))
        return forecast_log_page.markdown(log, record.of_days(self.project, days))


class RunFacts(_MarkdownDirective):
    """The run that a chapter shows: id, tables, model code, and whether it was repeated."""

    required_arguments = 1

    def _markdown(self) -> str:
        run = self.build.run_of(self.arguments[0])
        known = outcomes.of_run(outcomes.read(self.project), run)
        return f"{ledger.run_facts(run)}- {outcomes.sentence(known)}\n"


class ScenarioCards(_MarkdownDirective):
    """Each scenario's argument, what it changes, and the command that builds the book under it."""

    def _markdown(self) -> str:
        names = plain.names_of(self.env.app)
        return names.render(scenario_page.cards(self.build.outcomes), "scenarios/, the arguments")


class ScenarioFigure(_MarkdownDirective):
    """One number under each scenario; the argument is ``chapter:number``.

    The option names another number of the chapter, whose interval is drawn instead of its own.
    """

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {"interval-of": directives.unchanged}

    def _markdown(self) -> str:
        chapter, _, number = self.arguments[0].partition(":")
        other = self.options.get("interval-of", number)
        return scenario_page.figure(self.project, self.build.outcomes, chapter, number, other)


class ScenarioNumbers(_MarkdownDirective):
    """Numbers of a chapter, a row for each scenario; those that differ, or those named."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {"numbers": directives.unchanged}

    def _markdown(self) -> str:
        names = self.options.get("numbers", "").split()
        return scenario_page.number_table(self.build.outcomes, self.arguments[0], names)


class ScenarioVerdicts(_MarkdownDirective):
    """Claims whose verdict depends on the scenario."""

    def _markdown(self) -> str:
        return scenario_page.verdict_table(self.build.outcomes)


class SinceLastRelease(_MarkdownDirective):
    """What is not as the last release has it."""

    def _markdown(self) -> str:
        figures = releases.figures_of(self.build.runs.values())
        current = releases.tables_of(self.project)
        return ledger.since_last_release(releases.read_all(self.project), figures, current)
