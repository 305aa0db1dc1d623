"""The commands of ``overtake``: one module for each group, registered in `overtake.cli.main`."""
