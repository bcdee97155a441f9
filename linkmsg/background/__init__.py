"""Background work: a thread that deletes expired files and updates the search index."""
