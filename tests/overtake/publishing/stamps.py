"""What a stamp says in these tests, as in ``stamped_before``."""

from overtake.publishing.stamp import Stamp

SAID = Stamp(
    figure="power",
    run="0123456789abcdef",
    title='Käse & <b> "100%" 人工智能',
    authors="The Overtake authors",
    released="2026-11-24",
    citation="The Overtake authors. (2026). Käse “x” [Figure power].",
    licence="https://creativecommons.org/licenses/by/4.0/",
    address="https://example.org/book/figures/power/",
    data="Ember (data of 2024-12-06)",
)
