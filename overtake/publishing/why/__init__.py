"""Why a number moved: the change between two states of the book, split by what differs."""
