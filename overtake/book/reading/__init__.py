"""What makes the book read well: findings in headings, folds, terms, the summary, links at hand."""
