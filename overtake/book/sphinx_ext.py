"""The bridge to Jupyter Book: chapters are executed by papermill, once, before pages are read.

`jupyter-book build .` loads this extension through ``_config.yml``. It makes
sure that the store has the run of every chapter, hands the executed notebooks
to MyST-NB in place of the sources (at ``source-read``, where Sphinx says which
page it reads and lets an extension change the text), and gives pages the
directives that show what runs and tables hold.
"""

import html
import json
import os
from collections.abc import Callable, Iterator, Mapping
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
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from overtake.book import building, ledger, plain, scenario_page, shown
from overtake.book.building import Build, MarkdownDirective, stopping_at_refusals
from overtake.book.figure_pages.extension import FigureIndex, FigurePages
from overtake.book.plain import PlainNames
from overtake.book.scenario_page import Outcome
from overtake.chapter import acceptance
from overtake.core import digests
from overtake.core.errors import OvertakeError
from overtake.core.paths import Project
from overtake.publishing import history, publication, published
from overtake.publishing.citations import csl, formats
from overtake.publishing.citations.catalogue import Catalogue
from overtake.publishing.stamping.site import stamp_pages
from overtake.publishing.verification import outcomes
from overtake.publishing.verification.outcomes import Verified
from overtake.runs import runs, scenarios
from overtake.runs.runs import Run
from overtake.runs.scenarios import Scenario
from overtake.runs.words import coverage

_LOGGER = logging.getLogger(__name__)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx."""
    app.connect("config-inited", _wait_for_other_build)
    app.setup_extension("overtake.book.theme")
    app.setup_extension("overtake.book.fresh_pages")
    app.add_config_value(plain.MODULES_SETTING, [], "env")
    app.add_config_value(ledger.CLAIMS_SETTING, "", "env")
    app.connect("builder-inited", _execute_chapters)
    app.connect("env-get-outdated", _outdated_pages)
    app.connect("source-read", _render_page)
    app.connect("html-page-context", _mark_scenario)
    app.connect("doctree-resolved", _link_figures)
    app.connect("html-page-context", _describe_page)
    app.connect("html-collect-pages", _figure_pages)
    app.connect("build-finished", _stamp_pictures)
    app.connect("build-finished", _write_acceptance)
    app.setup_extension("overtake.book.interactive.extension")
    app.add_directive("data-catalogue", DataCatalogue)
    app.add_directive("chapter-parameters", ChapterParametersTable)
    app.add_directive("run-facts", RunFacts)
    app.add_directive("citation", CitationText)
    app.add_directive("figure-index", FigureIndex)
    app.add_directive("scenario-cards", ScenarioCards)
    app.add_directive("scenario-figure", ScenarioFigure)
    app.add_directive("scenario-numbers", ScenarioNumbers)
    app.add_directive("scenario-verdicts", ScenarioVerdicts)
    app.setup_extension("overtake.book.forecast_log_page")
    app.setup_extension("overtake.book.reading")
    app.setup_extension("overtake.book.editions")
    app.setup_extension("overtake.book.finding.extension")
    # Pages hold directives that read other chapters' runs: one process reads them all.
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


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
    with stopping_at_refusals():
        scenario = scenarios.active(project)
        wanted = [scenarios.plan(project, scenario, name) for name in names]
        missing = [inputs.chapter for inputs in wanted if runs.find(project, inputs) is None]
        _LOGGER.info("overtake: %s", _announcement(names, missing))
        found = runs.ensure_all(project, wanted)
        compared = _execute_scenarios(project)
        _verify(project, found)
        published, pages = None, None
        if (project.root / publication.FILE_NAME).is_file():
            published = publication.read(project)
            pages = _figure_pages_of(app, Catalogue.of_runs(project, published, found), scenario)
    building.keep(app, Build(project, scenario, found, compared, published, pages))


def _figure_pages_of(app: Sphinx, catalogue: Catalogue, scenario: Scenario | None) -> FigurePages:
    title = scenario.title if scenario else None
    return FigurePages(app, catalogue, published.read(catalogue.project), title)


def _verify(project: Project, shown: Mapping[str, Run]) -> None:
    """Repeat the runs that the chapters show, if asked to: it takes as long as running them."""
    if os.environ.get(outcomes.VARIABLE, "0") in {"", "0"}:
        return
    done = outcomes.ensure(project, shown.values())
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
    build = building.of(env.app)
    state = {
        **build.run_ids,
        "words": _words_state(build),
        "modules": plain.state_of(env.config[plain.MODULES_SETTING]),
        "coverage": digests.of_file(build.project.root / coverage.PATH) or "",
        "data": ledger.data_state(build.project),
        "publication": _publication_state(build),
        "scenario": build.scenario.name if build.scenario else "",
        "verification": repr(_verified(build)),
        "scenarios": str(
            [(o.scenario, sorted(r.id for r in o.runs.values())) for o in build.all_outcomes]
        ),
    }
    before = getattr(env, "overtake_state", None)
    env.overtake_state = state  # type: ignore[attr-defined]
    return [] if before == state else sorted(env.found_docs)


def _words_state(build: Build) -> str:
    """Return a hash of what the chapters say: other pages show some of it."""
    with stopping_at_refusals():
        told = [(name, run.words) for name, run in sorted(build.runs.items())]
    return digests.of(repr(told).encode())


def _render_page(app: Sphinx, page: str, content: list[str]) -> None:
    """Put a chapter's executed notebook in its source's place; render the words of other pages."""
    build, path = building.of(app), Path(app.env.doc2path(page))
    with stopping_at_refusals():
        if path.suffix == ".md":
            names = _plain_names(app)
            place = f"page {path.relative_to(build.project.root)}"
            content[0] = names.render(content[0], place)
        elif path.stem in build.runs and path == build.project.chapter(path.stem):
            content[0] = nbformat.writes(shown.page(build.project, build.runs[path.stem]))


def _plain_names(app: Sphinx) -> PlainNames:
    """Return what the words of plain pages may call."""
    build = building.of(app)
    modules = app.config[plain.MODULES_SETTING]
    return PlainNames(build.project.root, build.runs, build.all_outcomes, modules)


def _verified(build: Build) -> dict[str, Verified | None]:
    """Return what is known of each chapter's run, by chapter name."""
    known = outcomes.read(build.project)
    return {name: outcomes.of_run(known, run) for name, run in build.runs.items()}


def _mark_scenario(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Say above each page under which scenario it was built, with a link to the baseline's."""
    build = building.of(app)
    if (scenario := build.scenario) is None:
        return
    here = (Path(app.outdir) / f"{page}.html").parent
    there = build.project.site / f"{page}.html"
    address = Path(os.path.relpath(there, here)).as_posix()
    context["theme_announcement"] = (
        f"Scenario: <strong>{html.escape(scenario.title)}</strong>. Not the published book: "
        f'<a href="{html.escape(quote(address))}">this page in the baseline</a>.'
    )
    context["docstitle"] = f"{context['docstitle']} (scenario: {scenario.title})"


def _publication_state(build: Build) -> str:
    """Return what citations and figures' pages depend on besides runs and tables."""
    if build.publication is None:
        return ""
    return repr((build.publication, published.read(build.project), history.head(build.project)))


def _link_figures(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Link each figure to its page of its own."""
    if (pages := _pages_of_site(app)) is not None:
        pages.connect_chapter(doctree, page)


def _pages_of_site(app: Sphinx) -> FigurePages | None:
    """Return the figures' pages, if a site is built: other builders have none."""
    return building.of(app).pages if app.builder.name == "html" else None


def _describe_page(
    app: Sphinx,
    page: str,
    _template: str,
    context: dict[str, Any],
    _doctree: nodes.document | None,
) -> None:
    """Say in each page's head what programs read."""
    if (pages := _pages_of_site(app)) is not None:
        pages.describe(page, context)


def _figure_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield a page for every figure."""
    if (pages := _pages_of_site(app)) is not None:
        with stopping_at_refusals():
            yield from pages.pages()


def _stamp_pictures(app: Sphinx, exception: Exception | None) -> None:
    """Write into the pictures beside the pages what they are and where they come from."""
    if exception is not None or app.builder.name != "html":
        return
    if (pages := building.of(app).pages) is None:
        _LOGGER.info("overtake: no %s, so pictures are not stamped", publication.FILE_NAME)
        return
    with stopping_at_refusals():
        pages.finish()
        count = stamp_pages(Path(app.outdir), pages.catalogue)
    _LOGGER.info("overtake: %d pictures are stamped", count)


def _write_acceptance(app: Sphinx, exception: Exception | None) -> None:
    """Put the acceptance records of all chapters beside the pages, for programs."""
    if exception is None and app.builder.name == "html":
        records = acceptance.as_published(plain.acceptance(building.of(app).runs))
        text = json.dumps(records, indent=1, ensure_ascii=False) + "\n"
        (Path(app.outdir) / acceptance.FILE_NAME).write_text(text, encoding="utf-8")


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
        proof = outcomes.sentence(_verified(self.build).get(chapter))
        return f"{ledger.run_facts(self.build.run_of(chapter))}- {proof}\n"


class ScenarioCards(MarkdownDirective):
    """Each scenario's argument, what it changes, and the command that builds the book under it."""

    def markdown(self) -> str:
        """Return the cards."""
        names = _plain_names(self.env.app)
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
        item = csl.item(catalogue.find(cited), published, self.project)
        return formats.markdown(item, name)
