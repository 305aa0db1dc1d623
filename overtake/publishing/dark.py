"""A picture's dark version: the same drawing in colours that are read on a dark page.

White becomes the page's dark ground; greys, and what is pale on white, keep the contrast that
they have there. Other hues stay, and are made lighter where they would be hard to see.
Lightness is that of Oklab (Ottosson, "A perceptual color space for image processing", 2020).
"""

import math
import re
from functools import cache

import numpy as np

GROUND = "#14181b"
"""The dark page's ground, as the theme has it."""

LEAST_CONTRAST = 4.5
"""What a hue keeps at least against the ground (WCAG 2.2, 1.4.3): it is also that of words."""

_MOST_CONTRAST = 14.0
_GREY, _PALE = 0.03, 0.85
"""Chroma below which a colour is a grey, and lightness above which a hue is a pale ground."""
_STEP = 0.005
_COLOUR = re.compile(rb"#[0-9a-fA-F]{6}\b")
_STYLED = re.compile(rb'(?:style|fill|stroke|stop-color)="[^"]*"')
_ROOT = re.compile(rb"<svg ")
_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929],
     [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468],
     [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip
_LINEAR_UNTIL = 0.04045  # in sRGB
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def recoloured(svg: bytes) -> bytes:
    """Return a picture of matplotlib's with each of its colours as a dark page needs it."""

    def styled(match: re.Match[bytes]) -> bytes:
        return _COLOUR.sub(lambda found: colour(found[0].decode()).encode(), match[0])

    # What is black has no fill of its own in matplotlib's SVG.
    ink = colour("#000000").encode()
    return _ROOT.sub(b'<svg fill="' + ink + b'" ', _STYLED.sub(styled, svg), count=1)


@cache
def colour(light: str) -> str:
    """Return the colour, as ``#rrggbb``, that takes a colour's place on a dark page."""
    lightness, *hue = map(float, _TO_LAB @ np.cbrt(_TO_LMS @ _linear(light)))
    wanted = LEAST_CONTRAST
    if math.hypot(*hue) < _GREY or lightness > _PALE:
        wanted = min(contrast(light, "#ffffff"), _MOST_CONTRAST)
        lightness = float((_TO_LAB @ np.cbrt(_TO_LMS @ _linear(GROUND)))[0])
    if wanted == 1:
        return GROUND
    while contrast(found := _hex(np.array([lightness, *hue])), GROUND) < wanted:
        lightness += _STEP
    return found


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    darker, lighter = sorted(float(_LUMINANCE @ _linear(each)) for each in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def _linear(colour: str) -> np.ndarray:
    """Return the linear red, green and blue of a colour in sRGB."""
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= _LINEAR_UNTIL, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _hex(lab: np.ndarray) -> str:
    linear = np.linalg.inv(_TO_LMS) @ (np.linalg.inv(_TO_LAB) @ lab) ** 3
    linear = np.clip(linear, 0, 1)
    curved = 1.055 * linear ** (1 / 2.4) - 0.055
    values = np.where(linear <= _LINEAR_UNTIL / 12.92, 12.92 * linear, curved)
    return "#" + "".join(f"{round(255 * float(value)):02x}" for value in values)
