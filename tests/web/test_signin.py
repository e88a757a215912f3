"""Signing in by role works on one's own machine only, and a session is hard to steal or forge."""

from __future__ import annotations

import pytest

from tests.web.conftest import SECRET, Site, token
from web import create_app
from web.policy import ROLES
from web.signin import bearer_token, sign_in_links


def test_there_is_a_button_for_each_role(site: Site) -> None:
    page = site.app.test_client().get("/sign-in")
    assert [role for role in ROLES if f'value="{role}"' not in page.text] == []


def test_a_printed_link_signs_in(site: Site) -> None:
    client = site.app.test_client()
    links = dict(sign_in_links(SECRET, ""))
    assert list(links) == list(ROLES)
    assert client.get(links["auditor"]).status_code == 303
    assert "Revisione" in client.get("/", follow_redirects=True).text


@pytest.mark.parametrize("wrong", ["x", "ImFkbWluIg.aa.bb"])
def test_a_link_that_we_did_not_sign_is_not_found(site: Site, wrong: str) -> None:
    assert site.app.test_client().get(f"/sign-in/{wrong}").status_code == 404


def test_a_link_is_no_token_and_a_token_no_link(site: Site) -> None:
    link = sign_in_links(SECRET, "")[0][1].rpartition("/")[2]
    client = site.app.test_client()
    answer = client.get("/api/v1/households", headers={"Authorization": f"Bearer {link}"})
    assert answer.status_code == 401
    assert client.get(f"/sign-in/{bearer_token(SECRET, 'admin')}").status_code == 404


def test_the_session_cookie_is_for_this_site_and_for_no_script(site: Site) -> None:
    client = site.app.test_client()
    page = client.get("/sign-in")
    answer = client.post("/sign-in", data={"role": "admin", "csrf_token": token(page)})
    [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_signing_out_forgets_who_it_was(site: Site) -> None:
    client = site.reader("caseworker")
    client.post("/sign-out", data={"csrf_token": token(client.get("/households"))})
    assert client.get("/households").status_code == 303


def test_leaving_quickly_ends_the_session_and_leads_elsewhere(site: Site) -> None:
    client = site.reader("caseworker")
    answer = client.get("/leave")
    assert answer.headers["Location"].startswith("https://")
    assert client.get("/households").headers["Location"].startswith("/sign-in")


def test_a_role_that_is_none_is_refused(site: Site) -> None:
    client = site.app.test_client()
    page = client.get("/sign-in")
    answer = client.post("/sign-in", data={"role": "root", "csrf_token": token(page)})
    assert answer.status_code == 403


@pytest.mark.parametrize("there", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_signing_in_leads_to_this_site_only(site: Site, there: str) -> None:
    client = site.app.test_client()
    page = client.get("/sign-in")
    told = {"role": "admin", "next": there, "csrf_token": token(page)}
    assert client.post("/sign-in", data=told).headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/sign-in", "/households", "/api/v1/households"])
def test_where_others_can_reach_it_nobody_signs_in_by_role(site: Site, path: str) -> None:
    app = create_app(site.journeys, site.views, secret_key=SECRET)
    client = app.test_client()
    headers = {"Authorization": f"Bearer {bearer_token(SECRET, 'admin')}"}
    page = client.get(path, headers=headers, follow_redirects=True)
    assert "Qui non si può accedere" in page.text or page.status_code == 401
    assert client.get(dict(sign_in_links(SECRET, ""))["admin"]).status_code == 404


def test_an_old_session_is_of_no_use_where_signing_in_by_role_is_off(site: Site) -> None:
    signed_in = site.reader("admin").get_cookie("session")
    assert signed_in is not None
    app = create_app(site.journeys, site.views, secret_key=SECRET)
    client = app.test_client()
    client.set_cookie("session", signed_in.value)
    assert client.get("/log").headers["Location"].startswith("/sign-in")


def test_a_name_that_is_not_this_machines_is_not_answered(site: Site) -> None:
    answer = site.app.test_client().get("/sign-in", headers={"Host": "evil.example"})
    assert answer.status_code == 400
