"""Errors that a user of the book can act on, each with one base."""


class OvertakeError(Exception):
    """Something that the user can mend; shown without a traceback."""


class ProjectError(OvertakeError):
    """The project's folder, or a part of it, is not where it should be."""


class ParameterError(OvertakeError):
    """Parameters that a chapter does not take; names each of them."""


class TableError(OvertakeError):
    """A table that breaks its schema; names table, line, column, value and rule."""


class DependencyError(OvertakeError):
    """What a chapter depends on cannot be told from its source."""


class ChapterError(OvertakeError):
    """A chapter that raised; names the chapter, the cell and the error."""


class ResultError(OvertakeError):
    """A headline number, verdict or figure that is not complete."""


class ServerError(OvertakeError):
    """The built book cannot be served as asked."""
