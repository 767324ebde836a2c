"""The JSON Schemas of the files that the project writes, from the types that it writes them
from."""

import json
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec

from convtranspose_conformance.export.manifest import Manifest
from convtranspose_reports.runs.record import Line
from convtranspose_reports.runs.summary import Summary

DOCS = Path(__file__).resolve().parents[1]
TYPES: dict[str, Any] = {
    "export.schema.json": Manifest,
    "results.schema.json": Line,  # of one line
    "summary.schema.json": Summary,
}


def texts() -> dict[Path, str]:
    """Path -> text of each schema (JSON Schema 2020-12)."""
    return {DOCS / name: _text(kind) for name, kind in TYPES.items()}


def _text(kind: Any) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | msgspec.json.schema(kind)
    return json.dumps(_dedented(schema), indent=2, ensure_ascii=False) + "\n"


def _dedented(schema: Any) -> Any:
    """Descriptions as docstrings are read, which msgspec does from 0.23 on."""
    if isinstance(schema, list):
        return [_dedented(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: cleandoc(each) if key == "description" and isinstance(each, str) else _dedented(each)
        for key, each in schema.items()
    }
