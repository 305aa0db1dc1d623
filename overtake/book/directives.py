"""What pages of the book may ask for: directives that show what runs, tables and scenarios hold."""

from collections.abc import Callable
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from overtake.book import ledger, plain, scenario_page
from overtake.book.building import MarkdownDirective
from overtake.book.figure_site import figure_index
from overtake.publishing import publication
from overtake.publishing.citations import formats
from overtake.publishing.citations.catalogue import Catalogue
from overtake.publishing.verification import outcomes


def setup(app: Sphinx) -> None:
    """Register the directives with Sphinx."""
    app.add_directive("chapter-parameters", ChapterParametersTable)
    app.add_directive("citation", CitationText)
    app.add_directive("data-catalogue", DataCatalogue)
    app.add_directive("figure-index", FigureIndex)
    app.add_directive("run-facts", RunFacts)
    app.add_directive("scenario-cards", ScenarioCards)
    app.add_directive("scenario-figure", ScenarioFigure)
    app.add_directive("scenario-numbers", ScenarioNumbers)
    app.add_directive("scenario-verdicts", ScenarioVerdicts)


class DataCatalogue(MarkdownDirective):
    """Every table of ``data/`` with source, licence, vintage, rows and columns."""

    def markdown(self) -> str:
        """Return the catalogue."""
        return ledger.data_catalogue()


class ChapterParametersTable(MarkdownDirective):
    """A chapter's parameters with the values of this build, and the command to rerun it."""

    required_arguments = 1

    def markdown(self) -> str:
        """Return the table."""
        return ledger.chapter_parameters(self.build.run_of(self.arguments[0]))


class RunFacts(MarkdownDirective):
    """The run that a chapter shows: id, tables, model code, and whether it was repeated."""

    required_arguments = 1

    def markdown(self) -> str:
        """Return the facts."""
        (chapter,) = self.arguments
        run = self.build.run_of(chapter)
        known = outcomes.of_run(outcomes.read(self.project), run)
        return f"{ledger.run_facts(run)}- {outcomes.sentence(known)}\n"


class ScenarioCards(MarkdownDirective):
    """Each scenario's argument, what it changes, and the command that builds the book under it."""

    def markdown(self) -> str:
        """Return the cards."""
        names = plain.names_of(self.env.app)
        return names.render(scenario_page.cards(self.build.outcomes), "scenarios/, the arguments")


class ScenarioFigure(MarkdownDirective):
    """One number under each scenario; the argument is ``chapter:number``."""

    required_arguments = 1

    def markdown(self) -> str:
        """Draw the figure and return it."""
        chapter, _, number = self.arguments[0].partition(":")
        return scenario_page.figure(self.project, self.build.outcomes, chapter, number)


class ScenarioNumbers(MarkdownDirective):
    """Numbers of a chapter, a row for each scenario; those that differ, or those named."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {"numbers": directives.unchanged}

    def markdown(self) -> str:
        """Return the table."""
        names = self.options.get("numbers", "").split()
        return scenario_page.number_table(self.build.outcomes, self.arguments[0], names)


class ScenarioVerdicts(MarkdownDirective):
    """Claims whose verdict depends on the scenario."""

    def markdown(self) -> str:
        """Return the table, or that there are none."""
        said = ledger.statements(self.build.runs, self.config[ledger.CLAIMS_SETTING])
        return scenario_page.verdict_table(self.build.outcomes, said)


class CitationText(MarkdownDirective):
    """A citation: the id of what is cited, and a format."""

    required_arguments = 2

    def markdown(self) -> str:
        """Return the citation as a quotation, or as code if programs read it."""
        cited, name = self.arguments
        published = self.build.publication or publication.read(self.project)
        catalogue = Catalogue.of_runs(self.project, published, self.build.runs)
        item = formats.item(catalogue.find(cited), published, self.project)
        return formats.markdown(item, name)


class FigureIndex(SphinxDirective):
    """Every figure with a thumbnail, to search and narrow down."""

    def run(self) -> list[nodes.Node]:
        """Keep the place until the figures' numbers are known."""
        return [figure_index()]
