"""Peers that keep a row and the history of its versions: one row for each household.

Each is asked for what its documentation shows: get the row, set its fields, save it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session, configure_mappers, declarative_base

from journeys.household.facts import Fact, name_of

_FIELDS = ("kind", "effective_from", "known_on", "by", "organisation", "role", "details")
_TUNING = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"

Save = Callable[[int, Fact], None]


def _columns(fact: Fact) -> dict[str, str]:
    """The fact's fields as a form would fill the row's columns."""
    told = msgspec.to_builtins(fact)
    shown = {"kind": name_of(fact), **{name: told.pop(name, "") for name in _FIELDS[1:-1]}}
    return {**shown, "details": msgspec.json.encode(told).decode()}


def django_history(path: Path, first: Sequence[Fact]) -> Save:
    """Django with django-simple-history, in immediate transactions on a durable SQLite."""
    import django  # noqa: PLC0415
    import simple_history  # noqa: F401, PLC0415
    from django.conf import settings  # noqa: PLC0415

    settings.configure(
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "simple_history",
            "benchmarks",
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(path),
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": _TUNING},
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()
    home = _django_model()
    for number, fact in enumerate(first, start=1):
        home(id=number, **_columns(fact)).save()

    from django.db import transaction  # noqa: PLC0415

    def save(number: int, fact: Fact) -> None:
        with transaction.atomic():
            row = home.objects.get(id=number + 1)
            for name, value in _columns(fact).items():
                setattr(row, name, value)
            row.save()

    return save


def _django_model() -> Any:
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection, models  # noqa: PLC0415
    from simple_history.models import HistoricalRecords  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    meta = type("Meta", (), {"app_label": "benchmarks"})
    text = {name: models.TextField() for name in _FIELDS}
    shape = {"__module__": __name__, "Meta": meta, "history": HistoricalRecords()}
    home: Any = type("Household", (models.Model,), {**shape, **text})
    with connection.schema_editor() as editor:
        editor.create_model(home)
        editor.create_model(home.history.model)
    return home


def sqlalchemy_continuum(path: Path, first: Sequence[Fact]) -> Save:
    """SQLAlchemy with SQLAlchemy-Continuum on a durable SQLite."""
    from sqlalchemy_continuum import make_versioned  # noqa: PLC0415

    make_versioned(user_cls=None)
    base: Any = declarative_base()
    shape: dict[str, Any] = {"__tablename__": "household", "__versioned__": {}}
    shape["id"] = sa.Column(sa.Integer, primary_key=True)
    home = type("Household", (base,), {**shape, **{name: sa.Column(sa.Text) for name in _FIELDS}})
    configure_mappers()
    engine = sa.create_engine(f"sqlite:///{path}")
    sa.event.listen(engine, "connect", lambda db, _: db.executescript(_TUNING))
    base.metadata.create_all(engine)
    session = Session(engine)
    session.add_all(home(id=n, **_columns(fact)) for n, fact in enumerate(first, start=1))
    session.commit()
    different = count()

    def save(number: int, fact: Fact) -> None:
        row: Any = session.get(home, number + 1)
        for name, value in _columns(fact).items():
            setattr(row, name, value)
        row.details += f" {next(different)}"  # an equal row is not saved at all
        session.commit()

    return save
