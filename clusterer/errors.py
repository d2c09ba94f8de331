"""The errors that a caller may meet.

::

    ClustererError
    ├── InputError         the input as a whole cannot be read; one bad page is a Rejected instead
    ├── MissingExtraError  a feature needs an optional package; the message names the extra
    ├── EncoderError       a model cannot be built, loaded or trusted
    ├── SettingsError      a setting is unknown or out of its range
    ├── StoreError         a store is of another encoder, a newer schema, or in use
    └── EngineError        a stage of a run on an engine failed, or its folder is another run's
"""

from __future__ import annotations


class ClustererError(Exception):
    """Root of all errors raised on purpose by this package; ``str`` is one readable line."""


class InputError(ClustererError):
    pass


class MissingExtraError(ClustererError):
    """A feature needs packages that are not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs an extra: pip install 'clusterer[{extra}]'")
        self.extra = extra


class EncoderError(ClustererError):
    pass


class SettingsError(ClustererError):
    pass


class StoreError(ClustererError):
    pass


class EngineError(ClustererError):
    pass
