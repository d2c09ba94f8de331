"""The OpenAPI description: the contract's own schema for its nouns, models for the rest."""

from __future__ import annotations

import copy
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from clusterer.writing.contract import schema

JSON = "application/json"
PROBLEM = "application/problem+json"

REFUSALS = {
    400: "The host name is not this server's, or the request cannot be read",
    401: "A bearer token is asked for",
    413: "The body is too large",
    422: "A parameter is missing or out of its range",
    429: "Too many requests",
}
MISSING = {404: "There is no such thing here"}
AT_ODDS = {409: "The parameters are each right but at odds with each other"}
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "As you have it (ETag)"}}


def refusals(more: dict[int, str] | None = None) -> dict[int | str, dict[str, Any]]:
    """Documented refusals of a route, each a problem document."""
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = REFUSALS | (more or {})
    return {code: {"description": words, "content": content} for code, words in told.items()}


def noun(name: str) -> dict[str, Any]:
    """The 200 answer that is one of the contract's nouns."""
    return {
        "description": f"A {name} of the contract clusterer.stories/1",
        "content": {JSON: {"schema": {"$ref": f"#/components/schemas/{name}"}}},
    }


def describe(app: FastAPI, models: tuple[type, ...]) -> dict[str, Any]:
    """The whole description; made once by the application."""
    told = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        openapi_version="3.1.0",
    )
    schemas = told.setdefault("components", {}).setdefault("schemas", {})
    for name, noun_schema in _at_home(schema()["$defs"]).items():
        schemas[name] = noun_schema
    for model in models:
        described = model.model_json_schema(ref_template="#/components/schemas/{model}")  # type: ignore[attr-defined]
        schemas[model.__name__] = described
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    told["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    told["security"] = [{}, {"token": []}]
    return told


def _at_home(value: Any) -> Any:
    """A copy in which references lead to the components of the description."""
    if isinstance(value, dict):
        return {
            key: item.replace("#/$defs/", "#/components/schemas/")
            if key == "$ref"
            else _at_home(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_at_home(item) for item in value]
    return copy.copy(value)
