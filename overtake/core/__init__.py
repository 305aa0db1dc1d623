"""What every room stands on: paths, errors, hashes, files, numbers as words."""
