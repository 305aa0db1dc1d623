"""Newer data from the publishers: fetched, imported beside the present tables, and compared.

Nothing is replaced before the reader of the report has agreed to it; git keeps the state of the
data that is replaced (`overtake.publishing.vintages`).
"""
