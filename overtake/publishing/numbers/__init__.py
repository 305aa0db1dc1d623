"""Headline numbers as things of their own: what makes each, and what moves it."""
