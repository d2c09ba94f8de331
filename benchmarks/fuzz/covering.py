"""One target under atheris; started by ``python -m benchmarks.fuzz cover``."""

from __future__ import annotations

import sys


def main() -> None:
    try:
        import atheris
    except ImportError:
        raise SystemExit("cover needs an extra: pip install 'clusterer[fuzz]'") from None
    with atheris.instrument_imports(include=["clusterer"]):
        import clusterer.cli
        import clusterer.collection
        import clusterer.web.app  # noqa: F401 - to be instrumented
        from benchmarks.fuzz.mixing import verdict
        from benchmarks.fuzz.targets import TARGETS
    target = TARGETS[sys.argv.pop(1)]

    def once(data: bytes) -> None:
        why = verdict(target, data)
        if why:
            raise RuntimeError(why)

    atheris.Setup(sys.argv, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
