"""Released versions: their records in ``releases/``, and their sites under ``/v/<version>/``."""
