"""Background work: a worker thread that runs periodic tasks."""
