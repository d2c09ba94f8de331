"""One target under atheris; started by ``python -m benchmarks.fuzz cover``."""

from __future__ import annotations

import sys

SLOWER = 4  # times: code that tells of its branches


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
        from benchmarks.fuzz.seeds import seeds
        from benchmarks.fuzz.targets import SECONDS, TARGETS
    name = sys.argv.pop(1)
    target = TARGETS[name]
    for data in seeds(name):  # what is read once, tables and models, is no input's fault
        target(data)

    def once(data: bytes) -> None:
        why = verdict(target, data, SLOWER * SECONDS)
        if why:
            raise RuntimeError(why)

    atheris.Setup(sys.argv, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
