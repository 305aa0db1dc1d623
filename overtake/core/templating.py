"""Templates; in those of HTML whatever comes from runs and tables is escaped."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


@cache
def environment() -> Environment:
    """Return the environment of ``overtake/core/templates``."""
    return Environment(
        loader=PackageLoader("overtake.core"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, **context: object) -> str:
    """Fill in a template by its file name."""
    return environment().get_template(template).render(context)
