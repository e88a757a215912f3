"""What the page macros (`templates/ui.html`) need from Python: filters and a few globals.

`install(app)` also sets up Flask-Babel and the page that keeps a reader's preferences.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from flask import Flask
from flask_babel import Babel, LazyString, gettext

from web import formats
from web.preferences import LANGUAGES, THEMES, language, preferences, theme


def install(app: Flask) -> None:
    """Make the application able to render `base.html` and every macro, in both languages."""
    Babel(app, default_locale="it", locale_selector=language)
    app.register_blueprint(preferences)
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(language=language, theme=theme, languages=LANGUAGES, themes=THEMES)


def typed(value: object, widget: str = "text") -> str:
    """A form field's value as it would have been typed; what was really typed stays untouched."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return formats.typed_instant(value)
    if isinstance(value, dt.date):
        return formats.short_date(value)
    if widget == "money" and isinstance(value, int):
        return formats.typed_money(value)
    return str(value)


def messages(errors: object) -> list[str]:
    """One field's errors as translated sentences, whatever marshmallow made of them.

    It returns a list of sentences, a bare lazy sentence, or a mapping by index or field.
    """
    if not errors:
        return []
    if isinstance(errors, str | LazyString):
        return [gettext(str(errors))]
    nested = errors.values() if isinstance(errors, Mapping) else errors
    if isinstance(nested, Iterable):
        return [said for each in nested for said in messages(each)]
    return [str(errors)]


def flat_errors(errors: Mapping[Any, object], path: str = "") -> list[tuple[str, str]]:
    """All errors of a form as `(field id, sentence)`, in the order of the mapping.

    Nested fields get the id `outer-inner`; a form's own errors (`_schema`) get an empty id.
    """
    flat: list[tuple[str, str]] = []
    for name, nested in errors.items():
        place = path if name == "_schema" else f"{path}-{name}".lstrip("-")
        if isinstance(nested, Mapping):
            flat += flat_errors(nested, place)
        else:
            flat += [(place, said) for said in messages(nested)]
    return flat


def _in_readers_language(show: Callable[..., str]) -> Callable[..., str]:
    @wraps(show)
    def shown(*args: Any, **kwargs: Any) -> str:
        return show(*args, language=language(), **kwargs)

    return shown


FILTERS: dict[str, Callable[..., object]] = {
    "long_date": _in_readers_language(formats.long_date),
    "instant": _in_readers_language(formats.instant),
    "period": _in_readers_language(formats.period),
    "when": _in_readers_language(formats.when),
    "money": _in_readers_language(formats.money),
    "number": _in_readers_language(formats.number),
    "short_date": formats.short_date,
    "short_instant": formats.short_instant,
    "fingerprint": formats.fingerprint,
    "typed": typed,
    "messages": messages,
    "flat_errors": flat_errors,
}
"""Jinja filters; those of `web.formats` that depend on it speak the reader's language."""
