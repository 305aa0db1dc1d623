"""Errors that a user of the book can act on, each with one base and an exit code."""

from typing import ClassVar

INTERRUPTED_EXIT_CODE = 130
"""What a shell reports of a command that Ctrl-C has ended."""


class OvertakeError(Exception):
    """Something that the user can mend; shown without a traceback."""

    exit_code: ClassVar[int] = 1


class ProjectError(OvertakeError):
    """The project's folder, or a part of it, is not where it should be."""


class ParameterError(OvertakeError):
    """Parameters that a chapter does not take; names each of them."""

    exit_code = 2


class RequestError(OvertakeError):
    """A scenario, sweep, source or state of the data that isn't there, or isn't as it must be."""

    exit_code = 2


class ReferenceToRunError(OvertakeError):
    """A word that names no run, or more than one."""

    exit_code = 2


class TableError(OvertakeError):
    """A table that breaks its schema; names table, line, column, value and rule."""


class DependencyError(OvertakeError):
    """What a chapter depends on cannot be told from its source."""


class ChapterSourceError(DependencyError):
    """A chapter's notebook that can't be read or run as it stands; names place and remedy."""


class ChapterError(OvertakeError):
    """Chapters that raised; names each, its cell and the error."""


class ChapterTimeoutError(ChapterError):
    """A chapter that was stopped because it ran longer than it may."""

    exit_code = 3


class KernelDiedError(ChapterError):
    """A chapter whose process ended before its last cell."""

    exit_code = 4


class MemoryLimitError(ChapterError):
    """A chapter that needed more memory than it may use."""

    exit_code = 5


class StoreError(OvertakeError):
    """The store of runs can't be written: the disk is full, or not ours to write."""

    exit_code = 6


class WordsError(OvertakeError):
    """Words that call a fact which is not there; names page, line and the nearest name."""


class ResultError(OvertakeError):
    """A headline number, verdict or figure that is not complete."""


class PublicationError(OvertakeError):
    """What is published, or is about to be, is not as it must be."""


class OldDataError(PublicationError):
    """Forecasts from data that are too old; names the day and says what can be done."""


class CitationError(OvertakeError):
    """An id that names nothing which can be cited, or a source that is not known."""

    exit_code = 2


class PictureError(OvertakeError):
    """A picture that is not of this book, or is damaged; says which bytes or which field."""


class RecordError(OvertakeError):
    """The record of a run, a release or a citation is damaged; names the field or the place."""


class InputsNotAtHandError(OvertakeError):
    """A run that can't be repeated here, because what it was made from, or its record, is not."""

    exit_code = 7


class ClusterError(OvertakeError):
    """A cluster that doesn't answer, or a worker that can't execute what it is given."""

    exit_code = 7


class DownloadError(OvertakeError):
    """A publisher that can't be reached, or whose server fails; a later attempt may do."""

    exit_code = 8


class UntrustedDownloadError(OvertakeError):
    """What a publisher's address gives is not the file that was asked for."""

    exit_code = 9
