"""Which figure a picture is that says nothing of itself: by its pixels, or by its looks."""
