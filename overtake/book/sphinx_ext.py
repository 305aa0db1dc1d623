"""The bridge to Jupyter Book: chapters are executed by papermill, once, before pages are read.

`jupyter-book build .` loads this extension through ``_config.yml``. It makes
sure that the store has the run of every chapter, hands the executed notebooks
to MyST-NB in place of the sources, and gives pages the directives and the
role that show what runs and tables hold.
"""

import html
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import nbformat
from docutils import nodes
from docutils.parsers.rst import directives
from filelock import FileLock, Timeout
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from overtake.book import evidence, explorer, ledger, scenario_page, shown
from overtake.book.building import OUTCOMES as _OUTCOMES
from overtake.book.building import RUNS as _RUNS
from overtake.book.building import MarkdownDirective as _MarkdownDirective
from overtake.book.building import run_of as _run
from overtake.book.building import scenario_outcomes as _outcomes
from overtake.book.figure_pages.extension import FigureIndex, FigurePages
from overtake.book.figure_pages.figure import ShownFigure
from overtake.book.plain import PlainNames
from overtake.book.scenario_page import Outcome
from overtake.chapter import acceptance
from overtake.core import digests
from overtake.core.errors import OvertakeError
from overtake.core.paths import Project
from overtake.publishing import history, publication, published
from overtake.publishing.citations import formats
from overtake.publishing.citations.catalogue import Catalogue
from overtake.publishing.verification import outcomes
from overtake.publishing.verification.outcomes import Verified
from overtake.runs import runs, scenarios
from overtake.runs.scenarios import Scenario
from overtake.runs.words import facts

_LOGGER = logging.getLogger(__name__)
_PAGES: list[FigurePages] = []
"""The figures' pages of this build, if what is published is known."""
_NOTEBOOKS: dict[str, tuple[Project, str]] = {}
"""Checkout and chapter by the source text of its notebook, which is all a reader is given."""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.connect("config-inited", _wait_for_other_build)
    app.setup_extension("overtake.book.theming.extension")
    app.setup_extension("overtake.book.fresh_pages")
    app.add_config_value("overtake_scenario", None, "", frozenset({Scenario, type(None)}))
    app.connect("builder-inited", _execute_chapters)
    app.connect("env-get-outdated", _outdated_pages)
    app.connect("source-read", _render_words)
    app.connect("html-page-context", _mark_scenario)
    app.connect("doctree-resolved", _link_figures)
    app.connect("html-page-context", _describe_page)
    app.connect("html-collect-pages", _figure_pages)
    app.connect("build-finished", _finish_figure_pages)
    app.connect("build-finished", _write_acceptance)
    app.connect("html-page-context", _bring_explorer)
    app.setup_extension("overtake.book.interactive.extension")
    app.add_directive("data-catalogue", DataCatalogue)
    app.add_directive("chapter-parameters", ChapterParametersTable)
    app.add_directive("run-facts", RunFacts)
    app.add_directive("citation", CitationText)
    app.add_directive("figure-index", FigureIndex)
    app.add_directive("forecast-explorer", ForecastExplorer)
    app.add_directive("scenario-cards", ScenarioCards)
    app.add_directive("scenario-figure", ScenarioFigure)
    app.add_directive("scenario-numbers", ScenarioNumbers)
    app.add_directive("scenario-verdicts", ScenarioVerdicts)
    app.add_directive("acceptance-table", AcceptanceTable)
    app.add_directive("acceptance-reasons", AcceptanceReasons)
    app.add_directive("multiple-testing", MultipleTesting)
    app.add_directive("coverage-table", CoverageTable)
    app.add_directive("published-comparison", PublishedComparison)
    app.setup_extension("overtake.book.forecast_log_page")
    app.setup_extension("overtake.book.reading.extension")
    app.setup_extension("overtake.book.editions.extension")
    app.setup_extension("overtake.book.finding.extension")
    # Pages hold directives that read other chapters' runs: one process reads them all.
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def shown_figures() -> Sequence[ShownFigure]:
    """Return the figures of this build in the book's order; known once all pages are read."""
    return _PAGES[0].figures if _PAGES else []


def read_chapter(text: str) -> nbformat.NotebookNode:
    """Return the executed notebook of the chapter whose source is `text`.

    MyST-NB calls this for every ``.ipynb`` (see ``nb_custom_formats`` in
    ``_config.yml``).
    """
    if text not in _NOTEBOOKS:
        notebook: nbformat.NotebookNode = nbformat.reads(text, as_version=4)
        return notebook
    project, chapter = _NOTEBOOKS[text]
    try:
        return shown.page(project, _RUNS[chapter])
    except OvertakeError as error:
        raise ExtensionError(str(error)) from None


def _wait_for_other_build(app: Sphinx, _config: Config) -> None:
    """Let one build at a time write a folder; the system frees it when the build's process ends."""
    folder = Path(app.outdir)
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f".{folder.name}.lock"))
    try:
        lock.acquire(blocking=False)
    except Timeout:
        _LOGGER.info("overtake: waiting for another build that writes %s", folder)
        lock.acquire()
    app.connect("build-finished", lambda *_: lock.release())


def _execute_chapters(app: Sphinx) -> None:
    """Bring every chapter's run into the store, before any page is read or written."""
    project = Project.find(app.confdir)
    names = project.chapter_names()
    try:
        scenario = scenarios.active(project)
        wanted = [scenarios.plan(project, scenario, name) for name in names]
        missing = [inputs.chapter for inputs in wanted if runs.find(project, inputs) is None]
        _LOGGER.info("overtake: %s", _announcement(names, missing))
        found = runs.ensure_all(project, wanted)
        outcomes = _execute_scenarios(project)
    except OvertakeError as error:
        raise ExtensionError(str(error)) from None
    app.config.overtake_scenario = scenario
    _OUTCOMES[:] = outcomes
    _RUNS.clear()
    _RUNS.update(found)
    _verify(project)
    _PAGES[:] = _figure_pages_of(app, project)
    _NOTEBOOKS.clear()
    _NOTEBOOKS.update(
        {project.chapter(name).read_text(encoding="utf-8"): (project, name) for name in names}
    )


def _verify(project: Project) -> None:
    """Repeat the runs that the chapters show, if asked to: it takes as long as running them."""
    if os.environ.get(outcomes.VARIABLE, "0") in {"", "0"}:
        return
    try:
        done = outcomes.ensure(project, _RUNS.values())
    except OvertakeError as error:
        raise ExtensionError(str(error)) from None
    _LOGGER.info("overtake: %d runs were repeated", len(done))
    for verification in done:
        if not verification.holds:
            _LOGGER.warning(
                "overtake: %s was not reproduced; `overtake verify` says what differs",
                verification.subject.name,
            )


def _execute_scenarios(project: Project) -> list[Outcome]:
    """Bring the runs of every scenario into the store, where it changes a chapter at all."""
    plans = scenarios.plans(project)
    wanted = [inputs for chapters in plans.values() for inputs in chapters.values()]
    if missing := {inputs.id for inputs in wanted if runs.find(project, inputs) is None}:
        _LOGGER.info("overtake: executing %d runs of scenarios", len(missing))
    try:
        runs.ensure_each(project, wanted)
    except OvertakeError as error:
        raise type(error)(f"under a scenario: {error}") from None
    return [
        Outcome(
            scenarios.load(project, name),
            {chapter: runs.ensure(project, inputs) for chapter, inputs in chapters.items()},
        )
        for name, chapters in plans.items()
    ]


def _announcement(names: list[str], missing: list[str]) -> str:
    kept = len(names) - len(missing)
    running = f"executing {', '.join(missing)}" if missing else "executing nothing"
    return f"{running}; {kept} of {len(names)} chapters have their run already"


def _outdated_pages(
    _app: Sphinx, env: BuildEnvironment, _added: set[str], _changed: set[str], _removed: set[str]
) -> list[str]:
    """Read every page again when a run or the data package is another than last time.

    A page may show numbers of any chapter or table, so all of them are read;
    that is cheap, because nothing is executed for it.
    """
    project = Project.find(env.app.confdir)
    state = {name: run.id for name, run in _RUNS.items()}
    state["words"] = _words_state()
    state["coverage"] = digests.of_file(project.root / facts.COVERAGE_PATH) or ""
    state["data"] = ledger.data_state(project)
    state["publication"] = _publication_state(project)
    state["scenario"] = _scenario_name(env.app)
    state["verification"] = repr(_verified(project))
    state["scenarios"] = str(
        [(o.scenario, sorted(r.id for r in o.runs.values())) for o in _OUTCOMES]
    )
    before = getattr(env, "overtake_state", None)
    env.overtake_state = state  # type: ignore[attr-defined]
    return [] if before == state else sorted(env.found_docs)


def _words_state() -> str:
    """Return a hash of what the chapters say: other pages show some of it."""
    try:
        told = [(name, run.words) for name, run in sorted(_RUNS.items())]
    except OvertakeError as error:
        raise ExtensionError(str(error)) from None
    return digests.of(repr(told).encode())


def _render_words(app: Sphinx, page: str, content: list[str]) -> None:
    """Render the words of a plain page; those of a chapter are rendered with its outputs."""
    path = Path(app.env.doc2path(page))
    if path.suffix != ".md":
        return
    project = Project.find(app.confdir)
    names = PlainNames(project, _RUNS, _OUTCOMES)
    try:
        content[0] = names.render(content[0], f"page {path.relative_to(project.root)}")
    except OvertakeError as error:
        raise ExtensionError(str(error)) from None


def _verified(project: Project) -> dict[str, Verified | None]:
    """Return what is known of each chapter's run, by chapter name."""
    known = outcomes.read(project)
    return {name: outcomes.of_run(known, run) for name, run in _RUNS.items()}


def _scenario_name(app: Sphinx) -> str:
    scenario: Scenario | None = app.config.overtake_scenario
    return scenario.name if scenario else ""


def _mark_scenario(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Say above each page under which scenario it was built, with a link to the baseline's."""
    scenario: Scenario | None = app.config.overtake_scenario
    if scenario is None:
        return
    here = (Path(app.outdir) / f"{page}.html").parent
    there = Project.find(app.confdir).site / f"{page}.html"
    address = Path(os.path.relpath(there, here)).as_posix()
    context["theme_announcement"] = (
        f"Scenario: <strong>{html.escape(scenario.title)}</strong>. Not the published book: "
        f'<a href="{html.escape(quote(address))}">this page in the baseline</a>.'
    )
    context["docstitle"] = f"{context['docstitle']} (scenario: {scenario.title})"


def _publication_state(project: Project) -> str:
    """Return what citations and figures' pages depend on besides runs and tables."""
    if not _PAGES:
        return ""
    return repr((publication.read(project), published.read(project), history.head(project)))


def _figure_pages_of(app: Sphinx, project: Project) -> list[FigurePages]:
    if not (project.root / publication.FILE_NAME).is_file():
        return []
    scenario: Scenario | None = app.config.overtake_scenario
    title = scenario.title if scenario else None
    try:
        return [FigurePages(app, _catalogue(project), published.read(project), title)]
    except OvertakeError as error:
        raise ExtensionError(str(error)) from None


def _link_figures(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Link each figure to its page of its own."""
    if _PAGES and app.builder.name == "html":
        _PAGES[0].connect_chapter(doctree, page)


def _describe_page(
    app: Sphinx,
    page: str,
    _template: str,
    context: dict[str, Any],
    _doctree: nodes.document | None,
) -> None:
    """Say in each page's head what programs read."""
    if _PAGES and app.builder.name == "html":
        _PAGES[0].describe(page, context)


def _figure_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield a page for every figure."""
    for pages in _PAGES if app.builder.name == "html" else []:
        try:
            yield from pages.pages()
        except OvertakeError as error:
            raise ExtensionError(str(error)) from None


def _finish_figure_pages(app: Sphinx, exception: Exception | None) -> None:
    """Write what needs every page to be there."""
    if exception is not None or app.builder.name != "html":
        return
    if not _PAGES:
        _LOGGER.info("overtake: no %s, so pictures are not stamped", publication.FILE_NAME)
        return
    try:
        _PAGES[0].finish()
    except OvertakeError as error:
        raise ExtensionError(str(error)) from None


def _catalogue(project: Project) -> Catalogue:
    """Return what can be cited of the book that is being built."""
    return Catalogue.of_runs(project, publication.read(project), _RUNS)


def _write_acceptance(app: Sphinx, exception: Exception | None) -> None:
    """Put the acceptance records of all chapters beside the pages, for programs."""
    if exception is None and app.builder.name == "html":
        published = acceptance.as_published(evidence.acceptance(_RUNS))
        text = json.dumps(published, indent=1, ensure_ascii=False) + "\n"
        (Path(app.outdir) / acceptance.FILE_NAME).write_text(text, encoding="utf-8")


def _bring_explorer(
    app: Sphinx, _page: str, _template: str, _context: object, doctree: nodes.document | None
) -> None:
    """Load the explorer's script on the pages that hold it, and on no other."""
    if doctree and any(node.get("explorer") for node in doctree.findall(nodes.raw)):
        app.add_js_file(explorer.SCRIPT, loading_method="defer")


class DataCatalogue(_MarkdownDirective):
    """Every table of ``data/`` with source, licence, vintage, rows and columns."""

    def markdown(self) -> str:
        """Return the catalogue."""
        return ledger.data_catalogue()


class ChapterParametersTable(_MarkdownDirective):
    """A chapter's parameters with the values of this build, and the command to rerun it."""

    required_arguments = 1

    def markdown(self) -> str:
        """Return the table."""
        return ledger.chapter_parameters(_run(self.arguments[0]))


class RunFacts(_MarkdownDirective):
    """The run that a chapter shows: id, tables, model code, and whether it was repeated."""

    required_arguments = 1

    def markdown(self) -> str:
        """Return the facts."""
        (chapter,) = self.arguments
        proof = outcomes.sentence(_verified(self.project).get(chapter))
        return f"{ledger.run_facts(_run(chapter))}- {proof}\n"


class ForecastExplorer(SphinxDirective):
    """Sliders over a chapter's surface; the argument is the chapter that publishes it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the explorer as it stands in the page."""
        content = explorer.read(_run(self.arguments[0]))
        page = explorer.render(content, _run(content["chapter"]))
        return [nodes.raw("", page, format="html", explorer=True)]


class ScenarioCards(_MarkdownDirective):
    """Each scenario's argument, what it changes, and the command that builds the book under it."""

    def markdown(self) -> str:
        """Return the cards."""
        names = PlainNames(self.project, _RUNS, _outcomes())
        try:
            return names.render(scenario_page.cards(_outcomes()), "scenarios/, the arguments")
        except OvertakeError as error:
            raise ExtensionError(str(error)) from None


class ScenarioFigure(_MarkdownDirective):
    """One number under each scenario; the argument is ``chapter:number``."""

    required_arguments = 1

    def markdown(self) -> str:
        """Draw the figure and return it."""
        chapter, _, number = self.arguments[0].partition(":")
        return scenario_page.figure(self.project, _outcomes(), chapter, number)


class ScenarioNumbers(_MarkdownDirective):
    """Numbers of a chapter, a row for each scenario; those that differ, or those named."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {"numbers": directives.unchanged}

    def markdown(self) -> str:
        """Return the table."""
        names = self.options.get("numbers", "").split()
        return scenario_page.number_table(_outcomes(), self.arguments[0], names)


class ScenarioVerdicts(_MarkdownDirective):
    """Claims whose verdict depends on the scenario."""

    def markdown(self) -> str:
        """Return the table, or that there are none."""
        return scenario_page.verdict_table(_outcomes(), ledger.statement)


class CitationText(_MarkdownDirective):
    """A citation: the id of what is cited, and a format."""

    required_arguments = 2

    def markdown(self) -> str:
        """Return the citation as a quotation, or as code if programs read it."""
        cited, name = self.arguments
        try:
            catalogue = _catalogue(self.project)
            item = formats.item(catalogue.find(cited), catalogue.publication, self.project)
            return formats.markdown(item, name)
        except OvertakeError as error:
            raise ExtensionError(str(error)) from None


class AcceptanceTable(_MarkdownDirective):
    """Published results and ours, with tolerance and whether they are met."""

    def markdown(self) -> str:
        """Return the table."""
        return evidence.acceptance_table(_RUNS)


class AcceptanceReasons(_MarkdownDirective):
    """Published results that do not come back: by how much, and why."""

    def markdown(self) -> str:
        """Return the reasons."""
        return evidence.acceptance_reasons(_RUNS)


class MultipleTesting(_MarkdownDirective):
    """Every formal test of the book, corrected for their number."""

    def markdown(self) -> str:
        """Return the sentence and the table."""
        return evidence.multiple_testing(_RUNS)


class CoverageTable(_MarkdownDirective):
    """Measured coverage of the models' intervals; the argument is the measurements' file."""

    required_arguments = 1

    def markdown(self) -> str:
        """Return the table."""
        path = self.project.root / self.arguments[0]
        self.env.note_dependency(str(path))
        return evidence.coverage_table(path)


class PublishedComparison(_MarkdownDirective):
    """What others published beside our headline numbers.

    Each line of the content is ``id = chapter:headline``, or ``id =`` where we have none.
    """

    has_content = True

    def markdown(self) -> str:
        """Return the table."""
        lines = (line.partition("=") for line in self.content if line.strip())
        pairs = {key.strip(): headline.strip() for key, _, headline in lines}
        return evidence.published_comparison(_RUNS, pairs)
