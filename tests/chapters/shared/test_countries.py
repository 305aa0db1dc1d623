"""Colours of countries that colour-blind readers can tell apart, text that can be read."""

import itertools

import matplotlib.colors
import numpy as np
import pytest

from chapters.shared import countries
from overtake.chapter import style

# Machado, Oliveira and Fernandes (2009), severity 1.0, in linear RGB.
PROTANOPIA = np.array(
    [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]
)
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)


def linear(colour: str) -> np.ndarray:
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("vision", [np.eye(3), PROTANOPIA, DEUTERANOPIA])
def test_country_colours_differ_for_every_eye(vision: np.ndarray) -> None:
    seen = [vision @ linear(colour) for colour in countries.COLOURS.values()]
    for first, second in itertools.combinations(seen, 2):
        assert np.linalg.norm(first - second) > 0.1


@pytest.mark.parametrize("colour", [*countries.COLOURS.values(), style.TEXT_COLOUR])
def test_labels_have_enough_contrast_on_white(colour: str) -> None:
    # WCAG 2.2: at least 3:1 for bold text and graphics.
    assert 1.05 / (luminance(colour) + 0.05) >= 3
