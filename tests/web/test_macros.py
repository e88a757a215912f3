"""What the page macros promise to readers who do not see, type wrong, or run no script."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask, render_template_string
from markupsafe import Markup

from tests.web.style_pages import ERRORS, MoveIn, style_app
from web import ui


@pytest.fixture(scope="module")
def app() -> Flask:
    return style_app()


def render(app: Flask, source: str, **context: object) -> str:
    """The markup of a snippet, every run of white space as one blank."""
    with app.test_request_context("/"):
        markup = render_template_string('{% import "ui.html" as ui %}' + source, **context)
    return re.sub(r"\s+", " ", markup)


def field(app: Flask, name: str, value: object = None, errors: object = None) -> str:
    return render(
        app, "{{ ui.field(field, value, errors) }}",
        field=MoveIn().fields[name], value=value, errors=errors,
    )  # fmt: skip


def test_a_label_belongs_to_its_control(app: Flask) -> None:
    assert '<label class="jn-label" for="moved_in">' in field(app, "moved_in")
    assert 'id="moved_in" name="moved_in"' in field(app, "moved_in")


def test_a_date_is_typed_as_text_with_its_format_as_hint(app: Flask) -> None:
    shown = field(app, "moved_in", dt.date(2026, 3, 3))
    assert 'type="text" value="03/03/2026"' in shown
    assert 'aria-describedby="moved_in-hint"' in shown
    assert 'id="moved_in-hint">gg/mm/aaaa' in shown


def test_an_error_stands_beside_its_field_and_is_tied_to_it(app: Flask) -> None:
    shown = field(app, "moved_in", "31/02/2026", ["Questo giorno non esiste."])
    assert 'aria-describedby="moved_in-hint moved_in-error" aria-invalid="true"' in shown
    assert re.search(r'id="moved_in-error">.*Errore: </span>Questo giorno non esiste.', shown)


def test_what_was_typed_wrong_is_shown_again_untouched(app: Flask) -> None:
    assert 'value="31/02/2026"' in field(app, "moved_in", "31/02/2026", ["No."])


def test_cents_are_shown_as_they_are_typed(app: Flask) -> None:
    shown = field(app, "rent", 52000)
    assert 'value="520,00"' in shown
    assert 'inputmode="decimal"' in shown


def test_only_what_may_be_left_out_says_so(app: Flask) -> None:
    assert "facoltativo" in field(app, "rent")
    assert "facoltativo" not in field(app, "moved_in")


def test_the_first_of_several_choices_bears_the_name_that_errors_point_to(app: Flask) -> None:
    shown = field(app, "title", "market")
    assert '<input type="radio" id="title" name="title" value="erp">' in shown
    assert 'value="market" checked' in shown


@pytest.mark.parametrize(("name", "value"), [("title", "erp"), ("members", ["m1"])])
def test_choices_are_a_group_with_a_name(app: Flask, name: str, value: object) -> None:
    shown = field(app, name, value, ["Scegli."])
    assert f'<fieldset aria-describedby="{name}-error"> <legend' in shown
    assert shown.count(" checked") == 1


def test_a_select_keeps_its_choice(app: Flask) -> None:
    assert '<option value="household" selected>' in field(app, "payer", "household")


def test_typed_markup_stays_text(app: Flask) -> None:
    shown = field(app, "note", "<script>alert(1)</script>", ["<b>"])
    assert "<script>" not in shown
    assert "<b>" not in shown


def test_the_summary_of_errors_links_each_to_its_field(app: Flask) -> None:
    labels = {"rent": "Canone"}
    shown = render(app, "{{ ui.error_summary(errors, labels) }}", errors=ERRORS, labels=labels)
    assert 'role="alert" tabindex="-1" autofocus' in shown
    assert '<a href="#moved_in">Scrivi la data' in shown
    assert '<a href="#rent">Canone: Scrivi l’importo' in shown
    assert "<li>L’ingresso viene prima" in shown


def test_without_errors_there_is_no_summary(app: Flask) -> None:
    assert render(app, "{{ ui.error_summary({}) }}") == ""


def test_nested_errors_are_listed_with_the_id_of_their_field() -> None:
    nested = {"members": {0: {"born": ["Manca."]}, "_schema": ["Pochi."]}, "_schema": "Ahi."}
    with style_app().test_request_context():
        assert ui.flat_errors(nested) == [
            ("members-0-born", "Manca."),
            ("members", "Pochi."),
            ("", "Ahi."),
        ]


def test_a_form_that_posts_carries_its_token_and_one_that_searches_does_not(app: Flask) -> None:
    source = "{% call ui.form('/x', method=method, hidden={'a': 1, 'b': none}) %}{% endcall %}"
    posted, sought = (render(app, source, method=method) for method in ("post", "get"))
    assert 'name="csrf_token"' in posted
    assert "csrf_token" not in sought
    assert 'name="a" value="1"' in sought
    assert 'name="b"' not in sought


def test_links_that_look_alike_are_told_apart_by_ear(app: Flask) -> None:
    rows = [{"label": "Data di ingresso", "value": None, "url": "/d"}]
    shown = render(app, "{{ ui.summary_list(rows) }}", rows=rows)
    assert 'Modifica<span class="visually-hidden"> data di ingresso</span>' in shown
    assert "Non indicato" in shown


def test_the_present_step_is_marked(app: Flask) -> None:
    shown = render(app, "{{ ui.steps(2, ['Tipo', 'Dati', 'Fine']) }}")
    assert shown.count("aria-current") == 1
    assert "Passo 2 di 3: <strong>Dati</strong>" in shown
    assert "(fatto)" in shown


ENTRY = {
    "title": "Visita",
    "on": dt.date(2026, 3, 3),
    "who": "M. Bianchi",
    "organisation": "Comune di Prato",
    "recorded_at": dt.datetime(2026, 3, 4, 9, tzinfo=dt.UTC),
    "known_on": dt.date(2026, 3, 3),
    "position": 1284,
}


def test_an_entry_says_where_it_comes_from(app: Flask) -> None:
    shown = render(app, "{{ ui.timeline([entry]) }}", entry=ENTRY)
    text = Markup(shown).striptags()
    assert (
        "Registrato il 4 marzo 2026, ore 10:00 da M. Bianchi (Comune di Prato) "
        "noto dal 3 marzo 2026 voce n. 1.284"
    ) in text


@pytest.mark.parametrize(
    ("status", "word"),
    [("superseded", "Sostituito"), ("retracted", "Ritirato"), ("late", "Tardivo")],
)
def test_the_status_of_an_entry_is_a_word(app: Flask, status: str, word: str) -> None:
    shown = render(app, "{{ ui.timeline([entry]) }}", entry={**ENTRY, "status": status})
    assert word in Markup(shown).striptags()


def test_an_entry_that_goes_on_begins_with_its_first_day(app: Flask) -> None:
    entry = {"title": "Contratto", "start": dt.date(2026, 9, 15)}
    assert "Dal 15 settembre 2026" in render(app, "{{ ui.timeline([entry]) }}", entry=entry)


def test_the_two_dates_say_in_words_what_is_being_read(app: Flask) -> None:
    as_at = dt.datetime(2026, 10, 5, 16, 0, 59, 999999, tzinfo=dt.UTC)
    shown = render(
        app, "{{ ui.two_dates(of, at, '/n', now_url='/n') }}", of=dt.date(2026, 9, 30), at=as_at
    )
    assert 'name="as_of"' in shown
    assert 'value="05/10/2026 18:00" id="as_at"' in shown
    assert "i fatti al 30 settembre 2026, come erano noti il 5 ottobre 2026, ore 18:00" in shown


def test_dates_typed_wrong_are_not_read_as_dates(app: Flask) -> None:
    shown = render(app, "{{ ui.two_dates('ieri', at, errors={'as_of': ['No.']}) }}", at=None)
    assert 'value="ieri"' in shown
    assert "Stai leggendo" not in shown


def test_a_difference_is_told_by_words_and_marks(app: Flask) -> None:
    rows = [
        {"kind": "changed", "label": "Inizio", "before": "10", "after": "15"},
        {"kind": "added", "label": "Visita", "before": None, "after": "5"},
        {"kind": "removed", "label": "Assenza", "before": "2", "after": None},
        {"kind": "same", "label": "Canone", "before": "520", "after": "520"},
    ]
    shown = render(app, "{{ ui.diff(rows, 'Prima', 'Dopo', 'Differenze') }}", rows=rows)
    assert [word in shown for word in ("Cambiato", "Aggiunto", "Tolto", "Uguale")] == [True] * 4
    assert "<del>10</del>" in shown
    assert "<ins>15</ins>" in shown
    assert shown.count("<del>") == shown.count("<ins>") == 2


def test_a_table_names_its_rows_and_each_cell_its_column(app: Flask) -> None:
    source = "{{ ui.table('Nuclei', ['Nucleo', {'label': 'Notti', 'numeric': true}], rows) }}"
    shown = render(app, source, rows=[[Markup('<a href="/1">N-1</a>'), None]])
    assert '<th scope="row" role="rowheader"><a href="/1">N-1</a></th>' in shown
    assert '<td role="cell" data-label="Notti" class="jn-numeric"><div>–</div></td>' in shown


def test_a_chosen_filter_takes_itself_away(app: Flask) -> None:
    source = "{{ ui.filters('/n', selected, clear_url='/n') }}"
    selected = [{"label": "Situazione", "value": "In alloggio", "remove_url": "/n?page=1"}]
    shown = render(app, source, selected=selected)
    assert 'href="/n?page=1"><span class="visually-hidden">Togli il filtro </span>' in shown
    assert '<a href="/n">Togli tutti i filtri</a>' in shown


def test_the_last_page_offers_no_next(app: Flask) -> None:
    shown = render(app, "{{ ui.pagination(previous_url='/p', shown=3, total=28) }}")
    assert "Successivi" not in shown
    assert "In questa pagina 3 su 28" in shown


def test_a_receipt_gives_number_time_and_a_fingerprint_to_read_aloud(app: Flask) -> None:
    at = dt.datetime(2026, 3, 4, 9, tzinfo=dt.UTC)
    text = Markup(render(app, "{{ ui.receipt(1284, at, 'ab12cd34') }}", at=at)).striptags()
    assert "Numero1.284" in text
    assert "4 marzo 2026, ore 10:00" in text
    assert "ab12 cd34" in text


def test_a_figure_leads_to_the_facts_behind_it(app: Flask) -> None:
    figures = [{"label": "Notti", "value": "188", "url": "/n"}]
    shown = render(app, "{{ ui.key_figures(figures) }}", figures=figures)
    assert '<a href="/n" aria-label="Notti: 188">188</a>' in shown


def test_one_can_leave_quickly_without_telling_where_from(app: Flask) -> None:
    shown = render(app, "{{ ui.identity_bar('Nucleo N-1', leave_url='/esci') }}")
    assert 'href="/esci" rel="noreferrer nofollow">Esci subito' in shown


def test_progress_without_an_end_has_no_share(app: Flask) -> None:
    assert 'value="3" max="4"' in render(app, "{{ ui.progress(3, 4, 'Righe') }}")
    assert "max=" not in render(app, "{{ ui.progress(3) }}")


@pytest.mark.parametrize(("kind", "word"), [("warning", "Attenzione"), ("error", "Errore")])
def test_a_notice_says_what_kind_it_is(app: Flask, kind: str, word: str) -> None:
    shown = render(app, "{{ ui.notice(kind, 'Attento.') }}", kind=kind)
    assert f'<span class="visually-hidden">{word}:</span>' in shown
