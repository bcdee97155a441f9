"""The figures in README.md: `make bench`, or `python -m bench inbox` for one."""
