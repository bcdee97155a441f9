"""Highlighting: where a query matches in a text, and the snippet that shows it."""
