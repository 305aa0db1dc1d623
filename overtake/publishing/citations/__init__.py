"""Citations of the book, a chapter, a table or a figure.

`Catalogue.find` turns an id into a `Citable`; `csl.item` describes it as a
CSL-JSON item, from which `formats.render` writes every format.
"""
