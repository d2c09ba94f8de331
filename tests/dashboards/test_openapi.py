"""The OpenAPI description is true: generated requests meet no undocumented answer and no 5xx."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, settings
from newsstand import fair
from test_server import Desk

from clusterer.web import FixedSource
from clusterer.web.app import create_app
from clusterer.web.gate import Guard

OPEN = Guard(hosts=("*",), rate=1e9, largest_body=10**9)

able = schemathesis.openapi.from_asgi("/openapi.json", create_app(Desk(), OPEN))
plain = schemathesis.openapi.from_asgi("/openapi.json", create_app(FixedSource(fair()), OPEN))
briefly = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
# Streams do not end; they are read in the tests of the living source.
ENDLESS = "/v1/changes/stream"


def quick(case: schemathesis.Case) -> schemathesis.Case:
    """Long polls are asked for an answer at once."""
    wait = (case.query or {}).get("wait")
    if case.path == "/v1/changes" and isinstance(wait, (int, float)) and 0 <= wait <= 30:
        case.query["wait"] = 0
    return case


@able.exclude(path=ENDLESS).parametrize()
@briefly
def test_a_source_with_every_ability(case: schemathesis.Case) -> None:
    quick(case).call_and_validate()


@plain.exclude(path=ENDLESS).parametrize()
@briefly
def test_a_saved_file(case: schemathesis.Case) -> None:
    quick(case).call_and_validate()
