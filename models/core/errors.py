"""Errors that the models raise for input they cannot answer from."""


class ModelInputError(ValueError):
    """Input from which no honest estimate can be made.

    The message names what is needed and what came.
    """
