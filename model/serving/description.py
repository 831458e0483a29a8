"""The description of the server's interface: OpenAPI, and a page that needs no network and no script."""

from __future__ import annotations

import html
from typing import Any

_IMAGE: dict[str, Any] = {
    "content": {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        "multipart/form-data": {
            "schema": {"type": "object", "properties": {"image": {"type": "string", "format": "binary"}}}
        },
    },
    "required": True,
}
_IMAGES: dict[str, Any] = {
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"image": {"type": "array", "items": {"type": "string", "format": "binary"}}},
            }
        }
    },
    "required": True,
}
_NUMBER: dict[str, Any] = {"type": "number"}
_PREDICTION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["ok", "unknown"], "description": "unknown: unlike every bin"},
        "class": {"type": "string"},
        "confidence": _NUMBER,
        "probabilities": {"type": "object", "additionalProperties": _NUMBER},
        "region": {"type": "array", "items": {"type": "integer"}, "description": "x, y, width, height in pixels"},
        "region_steadiness": {"type": "number", "nullable": True},
        "size": {"type": "array", "items": {"type": "integer"}, "description": "width, height as displayed"},
        "unlikeness": {**_NUMBER, "description": "distance from the nearest class"},
        "unlike_from": {**_NUMBER, "nullable": True, "description": "unlikeness above which an image is unknown"},
        "map_png": {"type": "string", "format": "byte", "description": "with map=1: the evidence map, a PNG in base64"},
    },
}
_REFUSALS = {
    "400": "the request cannot be understood",
    "401": "the token is missing or wrong",
    "403": "the request comes from a page of another host",
    "413": "the request is too large",
    "422": "the image cannot be read; the answer says why",
    "429": "too many requests at once; Retry-After says when to come back",
    "503": "it took too long, or the server is ending",
}
_MAP = {"name": "map", "in": "query", "schema": {"type": "integer", "enum": [0, 1]}}
_NAME = {
    "name": "name",
    "in": "query",
    "schema": {"type": "string"},
    "description": "a file name, for its ending: some formats are told by that alone",
}


def openapi(version: str) -> dict[str, Any]:
    """Return the description as OpenAPI 3.0 has it."""
    refusals = {status: {"description": text} for status, text in _REFUSALS.items()}

    def answers(text: str, schema: dict[str, Any], media: str = "application/json") -> dict[str, Any]:
        return {"200": {"description": text, "content": {media: {"schema": schema}}}, **refusals}

    batch = {"type": "object", "properties": {"results": {"type": "array", "items": _PREDICTION}}}
    text = {"type": "string"}
    return {
        "openapi": "3.0.3",
        "info": {"title": "fewshot serve", "version": version},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}, {}],
        "paths": {
            "/classify": {
                "post": {
                    "summary": "Classify one image: the body itself, or a form with one file.",
                    "parameters": [_MAP, _NAME],
                    "requestBody": _IMAGE,
                    "responses": answers("the prediction", _PREDICTION),
                }
            },
            "/batch": {
                "post": {
                    "summary": "Classify several images: a form with their files. One that cannot be read has status "
                    "error and a message.",
                    "parameters": [_MAP],
                    "requestBody": _IMAGES,
                    "responses": answers("the predictions, in order", batch),
                }
            },
            "/health": {"get": {"summary": "Whether it works, and with what.", "responses": answers("it works", {})}},
            "/metrics": {
                "get": {"summary": "Counts, for Prometheus.", "responses": answers("text", text, "text/plain")}
            },
        },
    }


def page(version: str) -> str:
    """Return the description as a page of HTML."""
    parts = []
    for path, methods in openapi(version)["paths"].items():
        for method, facts in methods.items():
            asked = "".join(
                f"<li><code>{html.escape(one['name'])}</code> {html.escape(one.get('description', ''))}</li>"
                for one in facts.get("parameters", ())
            )
            parts.append(
                f"<h2><code>{method.upper()} {html.escape(path)}</code></h2><p>{html.escape(facts['summary'])}</p>"
                f"<ul>{asked}</ul>"
            )
    fields = "".join(
        f"<li><code>{name}</code> {html.escape(facts.get('description', ''))}</li>"
        for name, facts in _PREDICTION["properties"].items()
    )
    refusals = "".join(f"<li>{status}: {html.escape(text)}</li>" for status, text in _REFUSALS.items())
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>fewshot serve</title>'
        "<style>body{font:16px sans-serif;max-width:46em;margin:2em auto;padding:0 1em}</style>"
        f"<h1>fewshot serve {html.escape(version)}</h1><p>As OpenAPI: <a href='/openapi.json'>openapi.json</a>.</p>"
        f"{''.join(parts)}<h2>A prediction</h2><ul>{fields}</ul><h2>Refusals</h2><ul>{refusals}</ul></html>"
    )
