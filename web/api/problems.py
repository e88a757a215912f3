"""Problem details for every error of the API (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, request

KINDS = "tag:household-journeys,2026:problem:"
"""Before the code of a refusal, the `type` of a problem: stable, and no address of anybody's."""


def problem(
    status: int,
    code: str,
    detail: str,
    values: Mapping[str, Any] | None = None,
    *,
    errors: Any = None,
    retry: int | None = None,
) -> Response:
    """One problem as an answer: `code` for programs, `detail` for people, `values` it speaks of."""
    told: dict[str, Any] = {
        "type": KINDS + code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request.path,
    }
    if values:
        told["values"] = dict(values)
    if errors:
        told["errors"] = errors
    answer = current_app.response_class(
        current_app.json.dumps(told), status, mimetype="application/problem+json"
    )
    if retry is not None:
        answer.headers["Retry-After"] = str(retry)
    return answer
