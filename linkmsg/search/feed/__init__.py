"""The feed: reads changed messages from the database and hands them to the index writer."""
