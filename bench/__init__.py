"""Benchmarks: the figures in docs/benchmarks.md. `make bench` runs all of them."""
