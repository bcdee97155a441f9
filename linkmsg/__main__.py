"""`python -m linkmsg` is the `linkmsg` command."""

from linkmsg.cli import main

main(prog_name="linkmsg")
