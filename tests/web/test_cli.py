"""The command line as scripts meet it: JSON on stdout, one sentence on stderr, exit status."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from journeys.application import Journeys
from journeys.household.commands import Terms, split
from journeys.household.facts import GuestHosted
from tests.journeys.household.story import (
    ALMA,
    ANNA,
    BRUNO,
    HOME,
    STRANGER,
    correction,
    day,
    fact,
    hired,
    joined,
    referred,
    registered,
    tenancy,
)
from web.cli import run


class Done(NamedTuple):
    """What a command left: its exit status and what it said."""

    returncode: int
    stdout: str
    stderr: str


class Shell:
    """Runs `journeys` with a home and a database of its own, in this process."""

    def __init__(
        self,
        home: Path,
        said: pytest.CaptureFixture[str],
        environment: pytest.MonkeyPatch,
        database: str | None = None,
    ) -> None:
        self.home, self._said, self._environment = home, said, environment
        self.database = database or f"sqlite:///{home / 'record.db'}"

    def __call__(self, *arguments: str, **settings: str) -> Done:
        given = {"JOURNEYS_HOME": str(self.home), "JOURNEYS_DATABASE": self.database} | settings
        with self._environment.context() as environment:
            for name in [n for n in os.environ if n.startswith("JOURNEYS_")]:
                environment.delenv(name)
            for name, value in given.items():
                environment.setenv(name, value)
            self._said.readouterr()
            status = run(arguments)
        out, err = self._said.readouterr()
        return Done(status, out, err)

    def json(self, *arguments: str) -> Any:
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def open(self) -> Journeys:
        return Journeys.open(self.database, self.home)


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    return Shell(tmp_path / "home", capsys, monkeypatch)


@pytest.fixture
def told(shell: Shell) -> Shell:
    """A store with one household: registered, referred, a tenancy, and its correction."""
    assert shell("init").returncode == 0
    journeys = shell.open()
    journeys.record(HOME, [registered(), joined(ALMA), referred(), tenancy("2025-02-01")])
    journeys.record(HOME, [correction(4, on="2025-03-01", effective_until="2025-09-01")])
    journeys.close()
    return shell


def test_the_installed_command_answers_a_script(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from web.cli import main; main()", "status"],
        env={"PATH": os.environ["PATH"], "JOURNEYS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("no-store: ")


def test_init_may_be_repeated(shell: Shell) -> None:
    first, second = shell("init"), shell("init")

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout == second.stdout
    assert (shell.home.stat().st_mode & 0o077) == 0


def test_init_on_postgresql(shell: Shell, postgres_database: str) -> None:
    shell.database = postgres_database

    assert shell("init").returncode == 0
    assert shell.json("status")["position"] == 0


def test_on_postgresql_a_role_that_owns_no_table_serves(
    shell: Shell, postgres_database: str
) -> None:
    shell.database = postgres_database
    role = f"percorsi_{uuid4().hex[:8]}"
    assert shell("init", "--app-role", role).returncode == 0
    assert shell("init", "--app-role", role).returncode == 0

    owner = urlsplit(postgres_database)
    host = owner.netloc.rpartition("@")[2]
    shell.database = owner._replace(netloc=f"{role}@{host}").geturl()
    journeys = shell.open()
    journeys.record(HOME, [registered(), joined(ALMA)], personal={(1, "note"): "Da richiamare."})
    assert journeys.disclose(HOME) == {(2, "note"): "Da richiamare."}
    journeys.close()

    assert shell("catch-up").returncode == 0
    assert {p["lag"] for p in shell.json("status")["projections"]} == {0}
    assert shell.json("verify")["whole"]
    with psycopg.connect(shell.database, autocommit=True) as db:
        for attack in (
            "UPDATE journeys.stored_events SET state = ''",
            "DELETE FROM journeys.stored_events",
            "INSERT INTO journeys.log_leaf VALUES (9, '')",
            "ALTER TABLE journeys.stored_events DISABLE TRIGGER ALL",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(attack)


def test_without_a_store_the_exit_status_is_3(shell: Shell) -> None:
    done = shell("status")

    assert done.returncode == 3
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"JOURNEYS_DATABASE": "mysql://x/y"}, "JOURNEYS_DATABASE"),
        ({"JOURNEYS_DATABSE": "x"}, "JOURNEYS_DATABSE"),
        ({"JOURNEYS_SECRET_KEY": "short"}, "JOURNEYS_SECRET_KEY"),
    ],
)
def test_a_wrong_setting_is_wrong_use(shell: Shell, settings: dict[str, str], named: str) -> None:
    done = shell("check-config", **settings)

    assert done.returncode == 2
    assert done.stderr.startswith("wrong-setting: ")
    assert named in done.stderr


def test_check_config_shows_no_secret(shell: Shell) -> None:
    done = shell(
        "check-config",
        "--json",
        JOURNEYS_DATABASE="postgresql://anna:hidden@db/journeys",
        JOURNEYS_SECRET_KEY="k" * 40,
    )

    assert "hidden" not in done.stdout
    assert "kkkk" not in done.stdout
    assert json.loads(done.stdout)["database"] == "postgresql://anna@db/journeys"


@pytest.mark.parametrize("arguments", [["histroy"], ["history"], ["history", "no-id"], ["import"]])
def test_wrong_use_is_exit_status_2(shell: Shell, arguments: list[str]) -> None:
    assert shell(*arguments).returncode == 2


def test_the_history_comes_with_provenance(told: Shell) -> None:
    history = told.json("history", str(HOME))

    tenancy_entry = next(e for e in history["entries"] if e["version"] == 4)
    assert tenancy_entry["status"] == "corrected"
    assert tenancy_entry["effective_to"] == "2025-08-31"
    assert tenancy_entry["as_recorded"]["effective_to"] is None
    assert tenancy_entry["content"]["monthly_rent"] == 52_000
    assert tenancy_entry["by"] == "operatrice-01"


def test_the_history_as_of_a_day(told: Shell) -> None:
    history = told.json("history", str(HOME), "--as-of", "31/01/2025")

    assert [e["version"] for e in history["entries"]] == [1, 2, 3]
    assert history["as_of"] == "2025-01-31"


def test_the_history_as_known_before_the_correction(told: Shell) -> None:
    entries = told.json("history", str(HOME))["entries"]
    before = next(e["recorded_at"] for e in entries if e["version"] == 4)

    known = told.json("history", str(HOME), "--as-at", before)
    changed = told.json("history", str(HOME), "--diff-from", before)["changes"]

    assert [e["version"] for e in known["entries"]] == [1, 2, 3, 4]
    assert changed[0]["fields"] == [
        {"field": "effective_to", "before": None, "after": "2025-08-31"}
    ]


def test_the_joint_history_follows_a_split_and_a_guest(told: Shell) -> None:
    journeys = told.open()
    journeys.record(HOME, [joined(BRUNO, "2025-01-07", "partner"), hired("2025-03-01", BRUNO)])
    new, host = uuid4(), uuid4()
    terms = Terms(
        day=day("2025-06-01"), clock="follows-tenancy", cap="shared", decided_by="x", by=ANNA
    )
    journeys.record_all(split(journeys.household(HOME), new, [BRUNO], "origin", terms))
    journeys.record(host, [registered(reference=STRANGER), joined(STRANGER)])
    journeys.record(host, [fact(GuestHosted, "2025-07-01", guest=BRUNO)])
    journeys.close()

    joint = told.json("history", str(host), "--joint")

    relations = {h["household"]: [b["relation"] for b in h["path"]] for h in joint["households"]}
    assert relations[str(host)] == []
    assert relations[str(HOME)][-1] in ("hosts", "split-from")
    assert "employment-started" in {e["fact"] for e in joint["entries"]}
    assert str(new)[:8] in told("history", str(host), "--joint").stdout


def test_people_read_the_history_as_a_table(told: Shell) -> None:
    done = told("history", str(HOME))

    assert "tenancy-registered" in done.stdout
    assert "corrected by 5" in done.stdout


@pytest.mark.parametrize("date", ["31/02/2025", "yesterday", ""])
def test_a_date_that_is_none_is_wrong_use(told: Shell, date: str) -> None:
    assert told("history", str(HOME), "--as-of", date).returncode == 2


def test_a_household_that_is_not_there_is_said_so(told: Shell) -> None:
    done = told("history", str(uuid4()))

    assert done.returncode == 2
    assert done.stderr.startswith("not-found: ")


def test_a_whole_log_verifies(told: Shell) -> None:
    verified = told.json("verify")

    assert (verified["whole"], verified["size"], verified["findings"]) == (True, 5, [])


def test_an_altered_log_answers_no_and_names_the_row(told: Shell) -> None:
    path = told.home / "record.db"
    with sqlite3.connect(path) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {name}")
        db.execute(
            "UPDATE stored_events SET state = CAST(replace(state, '52000', '52001') AS BLOB)"
        )
    db.close()

    done = told("verify")

    assert done.returncode == 1
    assert str(HOME) in done.stderr
    assert "version 4" in done.stderr


def test_read_models_catch_up_and_are_rebuilt(told: Shell) -> None:
    assert any(p["lag"] == 5 for p in told.json("status")["projections"])

    assert told("catch-up").returncode == 0
    assert {p["lag"] for p in told.json("status")["projections"]} == {0}
    assert told("rebuild").returncode == 0
    assert {p["lag"] for p in told.json("status")["projections"]} == {0}
    assert told("rebuild", "castle").returncode == 2


def test_serving_needs_a_secret(told: Shell) -> None:
    done = told("serve")

    assert done.returncode == 2
    assert "JOURNEYS_SECRET_KEY" in done.stderr


def test_signing_in_by_role_is_for_loopback_only(told: Shell) -> None:
    done = told("serve", "--host", "0.0.0.0", "--development-sign-in", JOURNEYS_SECRET_KEY="k" * 40)

    assert done.returncode == 2
    assert "0.0.0.0" in done.stderr
