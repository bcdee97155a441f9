"""Indexing: sends every new or changed message to the index writer, in batches, with retries."""
