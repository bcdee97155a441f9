"""Benchmarks behind the published figures: `make bench`, or `python -m bench inbox` for one."""
