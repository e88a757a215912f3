"""Whatever is sent, the answer is the right 4xx: never a defect, and nothing half written."""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys.household.facts import BY_NAME
from tests.journeys.household.story import HOME
from tests.web.conftest import Site, hidden, token
from tests.web.tellings import as_sent, told
from tests.web.test_api import API, VISIT
from web.api.reading import DEEPEST, UnreadableJson, parse
from web.forms import schema_of
from web.recording import RECORDABLE

PAGE = f"/households/{HOME}"
ONE_MEGABYTE = 1_048_576


@pytest.fixture(scope="session")
def parsing(shared_data: Path) -> Path:
    """Texts that are JSON (y_), that are not (n_), and on which parsers differ (i_)."""
    return shared_data / "suites" / "JSONTestSuite" / "test_parsing"


@pytest.fixture(scope="session")
def naughty(shared_data: Path) -> list[str]:
    """Strings that broke somebody's software."""
    path = shared_data / "suites" / "blns" / "blns.json"
    strings: list[str] = json.loads(path.read_text("utf-8"))
    return strings


def test_what_is_no_json_is_refused(parsing: Path) -> None:
    taken = []
    for path in sorted(parsing.glob("n_*.json")):
        try:
            parse(path.read_bytes())
        except UnreadableJson:
            continue
        taken.append(path.name)
    assert taken == []


def test_what_is_json_is_read_unless_no_record_can_keep_it(parsing: Path) -> None:
    refused = []
    for path in sorted(parsing.glob("y_*.json")):
        try:
            parse(path.read_bytes())
        except UnreadableJson:
            refused.append(path.stem)
    assert refused == [
        "y_object_duplicated_key",
        "y_object_duplicated_key_and_value",
        "y_object_escaped_null_in_key",
        "y_string_null_escape",
    ]


def test_what_parsers_differ_on_breaks_nothing(site: Site, parsing: Path) -> None:
    call, headers = site.program("caseworker"), {"Content-Type": "application/json"}
    statuses = {
        path.name: call("POST", f"{API}/facts", data=path.read_bytes(), headers=headers).status_code
        for path in sorted(parsing.glob("*.json"))
    }
    assert {name: status for name, status in statuses.items() if status not in (400, 422)} == {}
    assert site.journeys.household(HOME).version == 5


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def test_json_may_be_nested_so_deep_and_no_deeper() -> None:
    parse(nested(DEEPEST))
    with pytest.raises(UnreadableJson):
        parse(nested(DEEPEST + 1))
    with pytest.raises(UnreadableJson):
        parse(nested(500_000))


def test_brackets_inside_a_text_are_text() -> None:
    assert parse(json.dumps("[" * 100 + '"\\').encode()) == "[" * 100 + '"\\'


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 9223372036854775808}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": 1e999999999}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": "\\ud800"}',
        b'{"\\u0000": 1}',
        b'{"a": 1, "a": 2}',
        b"\xef\xbb\xbf{}",
        b"\xff",
        b"",
        b'{"a": 0.4e00669999999999999999999999999}',
    ],
)
def test_what_no_record_can_keep_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableJson):
        parse(body)


def test_a_pair_of_surrogates_is_a_letter() -> None:
    assert parse(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


def test_naughty_strings_in_every_answer_break_nothing(site: Site, naughty: list[str]) -> None:
    call, statuses = site.program("caseworker"), set()
    for text in naughty:
        body = VISIT | {"note": text, "provider": text, "effective_from": text}
        answer = call(
            "POST", f"{API}/facts", data=json.dumps(body), content_type="application/json"
        )
        statuses.add(answer.status_code)
    assert statuses <= {400, 422}


def test_naughty_strings_in_a_form_are_shown_again_as_text(site: Site, naughty: list[str]) -> None:
    client, path = site.reader("caseworker"), f"{PAGE}/record/intervention-delivered"
    carried = {k: v for k, v in hidden(client.get(path)).items() if k != "back"}
    for text in naughty[::4]:
        answers = {"note": text, "provider": text, "effective_from": text, "step": "check"}
        page = client.post(path, data=carried | answers)
        assert page.status_code in (400, 422), text
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


def test_naughty_strings_are_kept_as_they_are(site: Site, naughty: list[str]) -> None:
    call = site.program("caseworker")
    for text in naughty[::7]:
        answer = call(
            "POST",
            f"{API}/facts",
            data=json.dumps(VISIT | {"note": text}),
            content_type="application/json",
        )
        if answer.status_code == 201:
            version = answer.get_json()["versions"][0]
            assert site.journeys.disclose(HOME)[version, "note"] == text.strip()
    page = site.reader("caseworker").get(f"{PAGE}?whole=1")
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_naughty_strings_in_an_address_break_nothing(site: Site, naughty: list[str]) -> None:
    client, statuses = site.reader("caseworker"), set()
    paths = cycle([f"{PAGE}?as_at=", f"{PAGE}/record?q=", "/households?q=", f"{PAGE}/record/"])
    for text, path in zip(naughty[::3], paths, strict=False):
        statuses.add(client.get(path + quote(text, safe="")).status_code)
    assert max(statuses) < 500


@pytest.mark.parametrize("path", ["/households?q=%00", f"{PAGE}?as_of=%00", "/households/%00"])
def test_an_address_with_nul_is_refused(site: Site, path: str) -> None:
    assert site.reader("caseworker").get(path).status_code in (400, 404)


def test_a_form_field_with_nul_is_refused(site: Site) -> None:
    path = f"{PAGE}/record/address-protected"
    client = site.reader("caseworker")
    assert client.post(path, data={"note": "a\0b"}).status_code == 400


def test_a_body_too_large_is_refused(site: Site) -> None:
    body = b'"' + b"a" * ONE_MEGABYTE + b'"'
    headers = {"Content-Type": "application/json"}
    answer = site.program("caseworker")("POST", f"{API}/facts", data=body, headers=headers)
    assert (answer.status_code, answer.get_json()["status"]) == (413, 413)
    page = site.reader("caseworker").post(f"{PAGE}/record/referred", data={"note": "a" * 2**21})
    assert page.status_code == 413


def test_more_fields_than_any_form_has_are_refused(site: Site) -> None:
    data = {f"f{number}": "x" for number in range(3_000)}
    answer = site.reader("caseworker").post(
        f"{PAGE}/record/referred", data=data, content_type="multipart/form-data"
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("version", ["0", "9007199254740993", "99999999999999999999", "-1", "x"])
def test_a_version_that_no_entry_can_have_is_not_found(site: Site, version: str) -> None:
    client = site.reader("auditor")
    assert client.get(f"{PAGE}/entries/{version}").status_code == 404


def test_json_that_is_not_said_to_be_is_refused(site: Site) -> None:
    answer = site.program("caseworker")("POST", f"{API}/facts", data=b"{}")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "unreadable-json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    "fact effective_from effective_to kind members hours cost currency note evidence known_on "
    "intervention person target changes reason".split()
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.dictionaries(NAMES, JSON, max_size=5), part=st.sampled_from(["facts", "corrections"])
)
def test_no_json_is_a_defect(site: Site, sent: dict[str, Any], part: str) -> None:
    body = (VISIT if part == "facts" else {"target": 5, "reason": "other"}) | sent
    answer = site.program("caseworker")(
        "POST", f"{API}/{part}", data=json.dumps(body), content_type="application/json"
    )
    assert answer.status_code < 500, answer.text


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.dictionaries(NAMES, st.text(), max_size=6))
def test_no_form_is_a_defect(site: Site, sent: dict[str, str]) -> None:
    client, path = site.reader("caseworker"), f"{PAGE}/record/intervention-delivered"
    carried = {k: v for k, v in hidden(client.get(path)).items() if k != "back"}
    answer = client.post(path, data=carried | {"step": "record"} | sent)
    assert answer.status_code < 500


@pytest.mark.parametrize("kind", RECORDABLE)
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_telling_of_any_kind_is_a_defect(site: Site, kind: str, data: st.DataObject) -> None:
    answers = data.draw(told(BY_NAME[kind]))
    schema = schema_of(BY_NAME[kind])
    body = {"fact": kind, **schema().dump(answers)}
    for role in ("caseworker", "dpo"):
        answer = site.program(role)("POST", f"{API}/facts", json=body)
        assert answer.status_code in (201, 403, 404, 422), answer.text
    client, path = site.reader("supervisor"), f"{PAGE}/record/{kind}"
    form = as_sent(schema(typed=True), schema(typed=True).dump(answers))
    form["csrf_token"] = token(client.get("/households"))
    assert client.post(path, data=form).status_code in (200, 403, 404, 422)
    assert client.get(f"{PAGE}?whole=1&all=1").status_code == 200


@pytest.mark.parametrize("kind", RECORDABLE)
def test_naughty_answers_to_any_question_break_nothing(
    site: Site, naughty: list[str], kind: str
) -> None:
    client, path = site.reader("supervisor"), f"{PAGE}/record/{kind}"
    carried = {k: v for k, v in hidden(client.get(path)).items() if k != "back"}
    fields = schema_of(BY_NAME[kind])().fields
    for place in range(0, len(naughty), 101):
        texts = cycle(naughty[place:])
        answers = {name: next(texts) for name in fields}
        nested = {f"{name}-{text}": text for name in fields for text in naughty[place : place + 2]}
        for step in ("check", "record", "edit"):
            page = client.post(path, data=carried | answers | nested | {"step": step})
            assert page.status_code in (200, 400, 403, 404, 422)
