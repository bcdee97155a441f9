"""The search index: Whoosh segments with terms scoped by member, one writer, many readers."""
