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
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
from docutils import nodes
from filelock import FileLock, Timeout
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from overtake.book import (
    building,
    changes,
    directives,
    editions,
    finding,
    finishing,
    judged,
    ledger,
    llms,
    plain,
    preview,
    shown,
    twins,
    version_line,
)
from overtake.book.building import Build, stopping_at_refusals
from overtake.book.figure_site import ASSETS, FILES, FigurePages
from overtake.book.scenario_page import Outcome
from overtake.chapter import acceptance
from overtake.core import digests
from overtake.core.errors import OvertakeError
from overtake.core.paths import Project, lock_of
from overtake.publishing import history, publication, published
from overtake.publishing.citations.catalogue import Catalogue
from overtake.publishing.verification import outcomes
from overtake.runs import pools, runs, scenarios
from overtake.runs.runs import Run
from overtake.runs.words import facts

_LOGGER = logging.getLogger(__name__)
_FIRST, _BEFORE_CHAPTERS, _BEFORE_TERMS, _ONCE_ALL_IS_WRITTEN = 1, 100, 400, 900


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the extension with Sphinx; events stand in the order in which they come."""
    app.add_config_value("overtake_check_links", default=False, rebuild="", types=[bool])
    app.add_config_value(ledger.CLAIMS_SETTING, default="", rebuild="env", types=[str])
    app.add_config_value(plain.MODULES_SETTING, default=[], rebuild="env", types=[list])
    app.add_domain(finding.BookDomain)
    directives.setup(app)
    # The pages' look, how they read and are cited, and the book's other forms.
    app.setup_extension("overtake.book.theme")
    app.setup_extension("overtake.book.markup")
    app.setup_extension("overtake.book.citing")
    app.setup_extension("overtake.book.reading")
    app.setup_extension("overtake.book.guided")
    app.setup_extension("overtake.book.number_links")
    app.setup_extension("overtake.book.editions")
    # Before a page is read.
    app.connect("config-inited", _wait_for_other_build)
    app.connect("builder-inited", finding.take_no_hurry, priority=_BEFORE_CHAPTERS)
    app.connect("builder-inited", _execute_chapters)
    # Pages are read, then written.
    app.connect("source-read", _render_page)
    app.connect("env-updated", _remember_contents)
    app.connect("doctree-resolved", _connect_tables, priority=_BEFORE_TERMS)
    app.connect("doctree-resolved", _connect_figures)
    app.connect("doctree-resolved", _connect_numbers)
    app.connect("html-page-context", _mark_scenario)
    app.connect("html-page-context", version_line.say)
    app.connect("html-page-context", _describe_page)
    app.connect("html-page-context", finding.announce)
    if app.tags.has(preview.TAG):
        preview.setup(app)
        app.connect("env-before-read-docs", _choose_pages)
    else:
        _setup_whole(app)
    # Pages hold directives that read other chapters' runs: one process reads them all.
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def _setup_whole(app: Sphinx) -> None:
    """Register what makes a build whole: all pages that may differ, and what stands beside them."""
    app.connect("builder-inited", _mark_as_unfinished, priority=_FIRST)
    app.connect("env-get-outdated", _outdated_pages)
    app.connect("html-page-context", twins.announce)
    app.connect("html-collect-pages", _pages_of_their_own)
    app.connect("build-finished", _finish, priority=_ONCE_ALL_IS_WRITTEN)


def _wait_for_other_build(app: Sphinx, _config: Config) -> None:
    """Let one build at a time write a folder; the system frees it when the build's process ends."""
    folder = Path(app.outdir)
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(lock_of(folder))
    try:
        lock.acquire(blocking=False)
    except Timeout:
        _LOGGER.info("overtake: waiting for another build that writes %s", folder)
        lock.acquire()
    app.connect("build-finished", lambda *_: lock.release())


def mark_of(site: Path) -> Path:
    """Return the file that is there as long as a site is being written."""
    return site.with_name(f".{site.name}.unfinished")


def _mark_as_unfinished(app: Sphinx) -> None:
    """Leave a mark as long as a build is under way; write all again after one that was killed.

    Sphinx goes by times: a page counts as written when its file is younger than its source.
    """
    site = Path(app.outdir)
    mark = mark_of(site)
    if mark.exists():
        _LOGGER.info("overtake: the last build was interrupted; every page is written again")
        app.connect("env-get-outdated", lambda _app, env, *_changes: sorted(env.found_docs))
    mark.touch()
    for style in site.glob("_static/mystnb.*.css"):
        style.unlink()  # MyST-NB writes it after the pages, which name its hash if it is there


def _execute_chapters(app: Sphinx) -> None:
    """Bring every chapter's run into the store, before any page is read or written."""
    project = Project.find(app.confdir)
    with stopping_at_refusals():
        scenario = scenarios.active(project)
        wanted = [scenarios.plan(project, scenario, name) for name in project.chapter_names()]
        missing = [inputs.chapter for inputs in wanted if runs.find(project, inputs) is None]
        _LOGGER.info(
            "overtake: executing %s; %d of %d chapters have their run already",
            ", ".join(missing) or "nothing", len(wanted) - len(missing), len(wanted),
        )  # fmt: skip
        found = pools.ensure_all(project, wanted)
        _verify(project, found)
        said, pages = None, None
        if (project.root / publication.FILE_NAME).is_file():
            said = publication.read(project)
            catalogue = Catalogue.of_runs(project, said, found)
            title = scenario.title if scenario else None
            pages = FigurePages(app, catalogue, title)
    outcomes_of = partial(_execute_scenarios, project)
    building.keep(app, Build(project, scenario, found, outcomes_of, said, pages))


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
    if missing := {i.id for i in wanted if runs.find_facts(project, i) is None}:
        _LOGGER.info("overtake: executing %d runs of scenarios, without pictures", len(missing))
    try:
        found = {run.id: run for run in pools.ensure_facts(project, wanted)}
    except OvertakeError as error:
        raise type(error)(f"under a scenario: {error}") from None
    return [
        Outcome(
            scenarios.load(project, name),
            {chapter: found[inputs.id] for chapter, inputs in chapters.items()},
        )
        for name, chapters in plans.items()
    ]


def _outdated_pages(app: Sphinx, env: BuildEnvironment, *_changes: set[str]) -> list[str]:
    """Return what is read again besides pages whose source is younger than the last build.

    That is every page when a run, a table or a document is another than last time, because a page
    may show numbers of any of them; this is cheap, as nothing is executed for it. Else it is
    every page that was made from files of other content: for Sphinx a source is unchanged when
    its time is not later than that of the last build, also if the clock was set back in between.
    """
    with stopping_at_refusals():
        state = _state(building.of(app), env.config[plain.MODULES_SETTING])
    env.overtake_shown = building.of(app).run_ids  # type: ignore[attr-defined]
    before = getattr(env, "overtake_state", None)
    env.overtake_state = state  # type: ignore[attr-defined]
    if before != state:
        return sorted(env.found_docs)
    return _pages_of_other_content(env)


def _choose_pages(app: Sphinx, env: BuildEnvironment, pages: list[str]) -> None:
    """Leave those that a preview reads: new ones, of other content, and of runs that are others.

    What Sphinx itself would read again, as after a changed setting, waits for the whole build.
    """
    build = building.of(app)
    before: dict[str, str] = getattr(env, "overtake_shown", {})
    env.overtake_shown = now = build.run_ids  # type: ignore[attr-defined]
    others = [name for name in now if now[name] != before.get(name)]
    paths = {build.project.chapter(name) for name in others}
    paths |= {build.project.evidence(name) for name in others}
    known: dict[str, str] = getattr(env, "overtake_contents", {})
    chosen = {page for page in pages if page not in known}
    chosen |= {page for page in env.found_docs if Path(env.doc2path(page)) in paths}
    pages[:] = sorted(chosen.union(_pages_of_other_content(env)))


def _pages_of_other_content(env: BuildEnvironment) -> list[str]:
    contents: dict[str, str] = getattr(env, "overtake_contents", {})
    known = env.found_docs & contents.keys()
    return sorted(page for page in known if _content(env, page) != contents[page])


def _state(build: Build, modules: Sequence[str]) -> str:
    """Return a text that changes with what pages show besides their sources."""
    project, known = build.project, outcomes.read(build.project)
    said = build.publication
    documents = editions.current(project, build.run_ids)
    return repr(
        (
            build.run_ids,
            digests.of(repr([run.words for _, run in sorted(build.runs.items())]).encode()),
            plain.state_of(modules),
            on_record(project),
            (said, published.read(project), history.head(project)) if said else "",
            (published.read_tables(project), published.read_numbers(project)),
            build.scenario.name if build.scenario else "",
            {name: outcomes.of_run(known, run) for name, run in build.runs.items()},
            [(o.scenario, sorted(r.id for r in o.runs.values())) for o in build.all_outcomes],
            [(path.name, path.stat().st_size) for path in documents],
        )
    )


def on_record(project: Project) -> dict[str, str | None]:
    """Return the digest of each file that git keeps and pages show: releases, moves, coverage."""
    folders = (project.releases, project.root / published.NUMBERS_FOLDER)
    files = [
        project.root / facts.COVERAGE_PATH,
        project.data / "datapackage.json",
        project.chapters / changes.REASONS_NAME,
        *(path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()),
    ]
    return {str(path): digests.of_file(path) for path in files}


def _remember_contents(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    contents = {page: _content(env, page) for page in env.found_docs}
    env.overtake_contents = contents  # type: ignore[attr-defined]
    return []


def _content(env: BuildEnvironment, page: str) -> str:
    """Hash a page's source and the files that it was made from."""
    files = [Path(env.doc2path(page))]
    files += [Path(env.srcdir, name) for name in sorted(env.dependencies.get(page, ()))]
    return digests.of("\n".join(map(digests.of_file, files)).encode())


def _render_page(app: Sphinx, page: str, content: list[str]) -> None:
    """Put a chapter's executed notebook in its source's place; render the words of other pages."""
    build, path = building.of(app), Path(app.env.doc2path(page))
    with stopping_at_refusals():
        if (run := build.evidence_of(path)) is not None:
            content[0] = shown.evidence(build.project, run, build.mark_for(run.chapter))
        elif path.suffix == ".md":
            names = plain.names_of(app)
            place = f"page {path.relative_to(build.project.root)}"
            content[0] = names.render_marked(content[0], place, build.mark_for())
        elif path.stem in build.runs and path == build.project.chapter(path.stem):
            run = build.runs[path.stem]
            told = shown.page(build.project, run, build.mark_for(run.chapter))
            content[0] = nbformat.writes(told)


def _connect_figures(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Link the figures of a page to their own pages."""
    pages = building.of(app).pages
    if app.builder.name == "html" and pages is not None:
        pages.connect_page(doctree, page)


def _connect_tables(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Link the tables that a page names to their own pages: a term within a link is none."""
    tables = building.of(app).tables
    if app.builder.name == "html" and tables is not None:
        with stopping_at_refusals():
            tables.connect_page(doctree, page)


def _connect_numbers(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Link the entries of a list of headline numbers to their own pages."""
    numbers = building.of(app).numbers
    if app.builder.name == "html" and numbers is not None:
        with stopping_at_refusals():
            numbers.connect_page(doctree, page)


def _pages_of_their_own(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield a page for every figure, table and headline number, and each chapter's list."""
    build = building.of(app)
    if app.builder.name == "html":
        with stopping_at_refusals():
            for of_a_kind in (build.pages, build.tables, build.numbers, build.number_lists):
                if of_a_kind is not None:
                    yield from of_a_kind.pages()


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


def _describe_page(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Say in a page's head what programs read; bring the files that it asks for."""
    pages = building.of(app).pages
    if pages is not None and app.builder.name == "html":
        pages.describe(page, context)
    asked = list(context.get(ASSETS, ()))
    for node in doctree.findall(nodes.raw) if doctree else ():
        asked += node.get(ASSETS, ())
        files: tuple[tuple[str, str], ...] = node.get(FILES, ())
        for file, text in files:
            path = Path(app.outdir, "_static", file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in dict.fromkeys(asked):
        if name.endswith(".css"):
            app.add_css_file(name)
        else:
            app.add_js_file(name, loading_method="defer")


def _finish(app: Sphinx, exception: Exception | None) -> None:
    """Write what stands beside the pages, finish them, check their links, and take the mark."""
    if exception is not None:
        return
    site, build = Path(app.outdir), building.of(app)
    if app.builder.name == "html":
        with stopping_at_refusals():
            records = acceptance.as_published(plain.acceptance(build.runs))
        text = json.dumps(records, indent=1, ensure_ascii=False) + "\n"
        (site / acceptance.FILE_NAME).write_text(text, encoding="utf-8")
        parts = judged.records(build.runs, app.config[ledger.CLAIMS_SETTING])
        listed = json.dumps(parts, indent=1, ensure_ascii=False) + "\n"
        (site / judged.FILE_NAME).write_text(listed, encoding="utf-8")
        others = [each.paths for each in (build.tables, build.numbers, build.number_lists) if each]
        if build.pages:
            build.pages.write_sitemap(path for paths in others for path in paths)
        finding.write_feed_and_redirects(app)
        pages, sheets = finishing.finish(site)
        _LOGGER.info("overtake: %d pages share %d style sheets", pages, sheets)
        with stopping_at_refusals():
            llms.write(app)
        if app.config.overtake_check_links:
            finding.check_links(app)
    mark_of(site).unlink(missing_ok=True)
