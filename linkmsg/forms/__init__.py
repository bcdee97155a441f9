"""Forms: they validate what a request sends, and keep it so that members can correct it."""
