"""A collection kept alive: its rows, acts, names and memory, and the order of the stages."""
