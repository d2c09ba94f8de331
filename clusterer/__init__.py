"""Groups reports of one event across languages and says, with evidence, who said it first."""

__version__ = "0.1.0"
