"""The JSON API records what the form records, and is safe to retry; every error is a problem."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from journeys.errors import StoreUnavailable
from journeys.household.facts import BY_NAME, EntryCorrected, Recorded, name_of
from tests.journeys.household.story import ALMA, HOME, moved_out
from tests.web.conftest import Site, confirm, send, token
from web.recording import RECORDABLE

API = f"/api/v1/households/{HOME}"
VISIT: dict[str, Any] = {
    "fact": "intervention-delivered",
    "effective_from": "2026-05-12",
    "kind": "home-visit",
    "hours": 1.5,
}


def test_form_and_api_record_the_same_fact(site: Site) -> None:
    client, path = site.reader("caseworker"), f"/households/{HOME}/record/intervention-delivered"
    told = {"effective_from": "12/05/2026", "kind": "home-visit", "hours": "1,5"}
    confirm(client, path, send(client, path, "check", **told))
    site.program("caseworker")("POST", f"{API}/facts", json=VISIT)
    by_form, by_api = (entry.fact for entry in site.journeys.entries(HOME)[-2:])
    assert [getattr(by_form, n) for n in by_form.__struct_fields__ if n != "command"] == [
        getattr(by_api, n) for n in by_api.__struct_fields__ if n != "command"
    ]


def test_a_recorded_fact_is_answered_with_its_receipt(site: Site) -> None:
    answer = site.program("caseworker")("POST", f"{API}/facts", json=VISIT)
    assert answer.status_code == 201
    assert answer.get_json()["position"] == answer.get_json()["versions"][0] == 6
    assert answer.headers["ETag"] == '"6"'
    assert len(answer.get_json()["fingerprint"]) == 64


def test_the_same_key_answers_with_the_first_receipt(site: Site) -> None:
    call, key = site.program("caseworker"), {"Idempotency-Key": "a-1"}
    first, second = (call("POST", f"{API}/facts", json=VISIT, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json() | {"repeated": True} == second.get_json()
    assert site.journeys.household(HOME).version == 6


def test_a_key_is_not_taken_for_another_request(site: Site) -> None:
    call, key = site.program("caseworker"), {"Idempotency-Key": "a-1"}
    call("POST", f"{API}/facts", json=VISIT, headers=key)
    other = call("POST", f"{API}/facts", json=VISIT | {"hours": 3}, headers=key)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency-key-reused")
    assert site.journeys.household(HOME).version == 6


def test_another_roles_key_is_another_key(site: Site) -> None:
    key = {"Idempotency-Key": "a-1"}
    for role in ("caseworker", "supervisor"):
        site.program(role)("POST", f"{API}/facts", json=VISIT, headers=key)
    assert site.journeys.household(HOME).version == 7


@pytest.mark.parametrize("key", ["", "k" * 256, "clé"])
def test_a_key_that_is_none_is_refused(site: Site, key: str) -> None:
    headers = {"Idempotency-Key": key}
    answer = site.program("caseworker")("POST", f"{API}/facts", json=VISIT, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "wrong-idempotency-key")


def test_who_saw_an_older_version_is_told(site: Site) -> None:
    call = site.program("caseworker")
    tag = call("GET", API).headers["ETag"]
    site.record(moved_out("2025-06-01", 5))
    late = call("POST", f"{API}/facts", json=VISIT, headers={"If-Match": tag})
    assert (late.status_code, late.get_json()["code"]) == (412, "version-mismatch")
    tag = call("GET", API).headers["ETag"]
    now = call("POST", f"{API}/facts", json=VISIT, headers={"If-Match": tag})
    assert now.status_code == 201


def test_a_repeated_request_finds_its_receipt_though_the_household_went_on(site: Site) -> None:
    call = site.program("caseworker")
    headers = {"Idempotency-Key": "a-1", "If-Match": '"5"'}
    call("POST", f"{API}/facts", json=VISIT, headers=headers)
    site.record(moved_out("2025-06-01", 5))
    again = call("POST", f"{API}/facts", json=VISIT, headers=headers)
    assert (again.status_code, again.get_json()["versions"]) == (200, [6])


def test_a_household_is_registered_with_its_members(site: Site) -> None:
    body = {
        "effective_from": "2026-05-01",
        "unit": "registry",
        "members": [
            {"name": "Ada", "birth_date": "1990-02-03", "relation": "head"},
            {"relation": "child", "birth_month": "2020-01"},
        ],
        "referral_source": "social-services",
    }
    answer = site.program("caseworker")("POST", "/api/v1/households", json=body)
    assert answer.status_code == 201
    household = UUID(answer.get_json()["household"])
    assert answer.headers["Location"].endswith(str(household))
    kinds = [name_of(entry.fact) for entry in site.journeys.entries(household)]
    assert kinds == ["registered", "member-joined", "member-joined", "referred"]
    assert site.journeys.disclose(household)[2, "person"]["name"] == "Ada"


def test_a_registration_sent_twice_is_one_household(site: Site) -> None:
    body = {"effective_from": "2026-05-01", "unit": "registry", "members": [{"relation": "head"}]}
    call, key = site.program("caseworker"), {"Idempotency-Key": "n-1"}
    first, second = (call("POST", "/api/v1/households", json=body, headers=key) for _ in "12")
    assert first.get_json()["household"] == second.get_json()["household"]
    assert site.journeys.recorder.size() == 7


def test_an_entry_is_corrected_and_retracted(site: Site) -> None:
    call = site.program("caseworker")
    why = {"target": 5, "reason": "wrong-code"}
    corrected = call("POST", f"{API}/corrections", json=why | {"changes": {"kind": "shelter"}})
    retracted = call("POST", f"{API}/retractions", json=why)
    assert (corrected.status_code, retracted.status_code) == (201, 201)
    assert isinstance(site.journeys.entries(HOME)[5].fact, EntryCorrected)
    [entry] = [e for e in call("GET", f"{API}/history").get_json()["entries"] if e["version"] == 5]
    assert (entry["status"], entry["content"]["kind"]) == ("retracted", "shelter")


def test_personal_content_is_corrected_into_the_vault(site: Site) -> None:
    call = site.program("caseworker")
    body = {"target": 2, "reason": "typing-error", "changes": {"person": {"name": "Alba"}}}
    key = {"Idempotency-Key": "c-1"}
    answers = [call("POST", f"{API}/corrections", json=body, headers=key) for _ in "12"]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert site.journeys.disclose(HOME)[6, "person"] == {"name": "Alba"}
    [member] = call("GET", API).get_json()["members"]
    assert member["name"] == "Alba"


def test_history_and_difference_are_read_on_two_dates(site: Site) -> None:
    call = site.program("caseworker")
    site.now.days_later(1)
    site.record(moved_out("2025-06-01", 5))
    dates = {"as_of": "2025-01-31", "as_at": "2026-06-30"}
    told = call("GET", f"{API}/history", query_string=dates).get_json()
    assert [entry["fact"] for entry in told["entries"]][-1] == "enrolled"
    assert told["as_at"] == "2026-06-30T21:59:59.999999Z"
    changed = call("GET", f"{API}/difference", query_string={"before": "2026-06-30"}).get_json()
    assert [c["fact"] for c in changed["changes"]] == ["accommodation-ended"]


@pytest.mark.parametrize("name", ["as_of", "as_at"])
def test_a_date_that_is_none_is_refused_by_its_name(site: Site, name: str) -> None:
    answer = site.program("caseworker")("GET", f"{API}/history", query_string={name: "ieri"})
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [name]


def test_a_reading_that_is_known_is_not_sent_again(site: Site) -> None:
    call = site.program("caseworker")
    tag = call("GET", API).headers["ETag"]
    assert call("GET", API, headers={"If-None-Match": tag}).status_code == 304


NOBODY = UUID("00000000-0000-4000-8000-00000000dead")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"/api/v1/households/{NOBODY}", 404, "not-found"),
        ("GET", "/api/v1/nothing", 404, "not-found"),
        ("DELETE", API, 405, "method-not-allowed"),
    ],
)
def test_every_error_is_a_problem(
    site: Site, method: str, path: str, status: int, code: str
) -> None:
    answer = site.program("caseworker")(method, path)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["type"].endswith(code)


def test_a_refusal_of_the_domain_keeps_its_code_and_values(site: Site) -> None:
    body = VISIT | {"effective_from": "2030-01-01"}
    answer = site.program("caseworker")("POST", f"{API}/facts", json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "in-the-future")
    assert answer.get_json()["values"]["field"] == "effective_from"


def test_wrong_fields_are_told_by_their_names(site: Site) -> None:
    body = {"fact": "intervention-delivered", "kind": 7, "colour": "red"}
    answer = site.program("caseworker")("POST", f"{API}/facts", json=body)
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]) == {"effective_from", "kind", "colour"}


def test_a_reader_of_english_is_answered_in_english(site: Site) -> None:
    body = VISIT | {"effective_from": "2030-01-01"}
    headers = {"Accept-Language": "en"}
    answer = site.program("caseworker")("POST", f"{API}/facts", json=body, headers=headers)
    assert "still to come" in answer.get_json()["detail"]


@pytest.mark.parametrize("fact", [None, 7, "nothing", "registered", ["enrolled"]])
def test_a_kind_that_is_none_is_refused(site: Site, fact: object) -> None:
    answer = site.program("caseworker")("POST", f"{API}/facts", json={"fact": fact})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["fact"])


def test_without_a_token_or_a_session_nothing_is_told(site: Site) -> None:
    answer = site.app.test_client().get(API)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert str(ALMA) not in answer.text


@pytest.mark.parametrize("told", ["Bearer x", "Basic YTpi", "Bearer", ""])
def test_a_token_that_is_none_opens_nothing(site: Site, told: str) -> None:
    client = site.reader("caseworker")
    assert client.get(API, headers={"Authorization": told}).status_code == 401


def test_a_session_writes_only_with_its_token(site: Site) -> None:
    client = site.reader("caseworker")
    forged = client.post(f"{API}/facts", json=VISIT)
    assert (forged.status_code, forged.get_json()["code"]) == (400, "forged-request")
    headers = {"X-CSRFToken": token(client.get(f"/households/{HOME}"))}
    assert client.post(f"{API}/facts", json=VISIT, headers=headers).status_code == 201


def test_a_store_that_is_gone_is_told_so_with_when_to_come_back(site: Site) -> None:
    def gone(household: UUID) -> list[Recorded]:
        raise StoreUnavailable("The disk is full.")

    site.journeys.entries = gone  # type: ignore[method-assign]  # no disk is filled for this
    for path in (API, f"/households/{HOME}"):
        answer = site.program("caseworker")("GET", path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_the_description_is_openapi_and_names_every_kind(site: Site) -> None:
    told = site.app.test_client().get("/api/openapi.json").get_json()
    assert told["openapi"] == "3.1.0"
    schemas = told["components"]["schemas"]
    assert {BY_NAME[name].__name__ for name in RECORDABLE} <= set(schemas)
    assert len(schemas["Fact"]["oneOf"]) == len(RECORDABLE)
    assert "/api/v1/households/{household}/facts" in told["paths"]


def test_a_machine_is_told_whether_it_serves(site: Site) -> None:
    client = site.app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()["lag"]) == (200, 0)
