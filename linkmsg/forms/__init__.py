"""Forms: they validate the input of a request, and keep it to be corrected."""
