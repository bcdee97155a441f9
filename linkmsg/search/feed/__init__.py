"""Indexing: sends every change of a message to the index writer, in batches, with retries."""
