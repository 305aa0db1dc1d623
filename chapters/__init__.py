"""The chapters: what each finds, section by section; the notebooks beside them tell it."""
