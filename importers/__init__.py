"""From the publishers' files to this book's tables; and the rules across their columns."""
