"""Benchmarks: the figures in docs/benchmarks.md. Run `make bench`, or `python -m bench inbox` for one."""
