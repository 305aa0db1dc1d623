"""What the software of Chinese chips costs at the same task."""
