"""Finds where a search matches in a text, and makes the snippet that shows it."""
