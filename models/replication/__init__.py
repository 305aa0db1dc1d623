"""Published results, computed again and held beside what was published."""
