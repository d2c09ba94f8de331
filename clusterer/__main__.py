"""``python -m clusterer`` is the command ``cluster``."""

from clusterer.cli import main

main(prog_name="cluster")
