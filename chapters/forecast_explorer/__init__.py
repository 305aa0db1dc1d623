"""The surface behind the sliders of the forecast."""
