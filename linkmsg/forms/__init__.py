"""Forms: check the input of a request and keep what was typed."""
