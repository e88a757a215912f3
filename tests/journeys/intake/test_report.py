"""The report of an import names every row that was left out, and keeps the figures."""

from __future__ import annotations

import io
import json

from journeys.intake.report import Remark, Report, shown


def told() -> Report:
    report = Report()
    report.not_taken("Exit.csv", 3, "bad-date", "The exit date «x» is not a day.")
    report.finding("Enrollment.csv", 9, "many-heads", "Two people are head of household.")
    report.remark("HealthAndDV.csv", "sensitive", "Not imported: 12 rows.", rows=12)
    report.count("facts", 7)
    return report


def test_remarks_come_back_in_the_order_in_which_they_were_made() -> None:
    with told() as report:
        assert list(report.remarks()) == [
            Remark("not-taken", "Exit.csv", 3, "bad-date", "The exit date «x» is not a day."),
            Remark(
                "finding", "Enrollment.csv", 9, "many-heads", "Two people are head of household."
            ),
            Remark("file", "HealthAndDV.csv", 0, "sensitive", "Not imported: 12 rows."),
        ]


def test_a_remark_may_be_made_while_others_are_read() -> None:
    with told() as report:
        remarks = report.remarks()
        next(remarks)
        report.not_taken("Exit.csv", 4, "orphan", "No such enrolment.")
        assert [remark.line for remark in remarks] == [9, 0, 4]


def test_rows_are_counted_by_weight_and_by_reason() -> None:
    with told() as report:
        report.not_taken("Exit.csv", 5, "orphan", "No such enrolment.")
        assert report.total("not-taken") == 2
        assert report.total("not-taken", "orphan") == 1
        assert report.total("finding", "orphan") == 0


def test_the_json_holds_figures_reasons_and_every_remark() -> None:
    out = io.BytesIO()
    with told() as report:
        report.write_json(out)
    read = json.loads(out.getvalue())
    assert read["counts"] == {"facts": 7}
    assert {"weight": "file", "file": "HealthAndDV.csv", "code": "sensitive", "rows": 12} in read[
        "reasons"
    ]
    assert read["remarks"][0] == {
        "weight": "not-taken",
        "file": "Exit.csv",
        "line": 3,
        "code": "bad-date",
        "sentence": "The exit date «x» is not a day.",
    }
    assert len(read["remarks"]) == 3


def test_a_report_without_remarks_is_json_too() -> None:
    out = io.BytesIO()
    with Report() as report:
        report.write_json(out)
    assert json.loads(out.getvalue()) == {"counts": {}, "reasons": [], "remarks": []}


def test_the_text_gives_the_place_of_each_row() -> None:
    out = io.StringIO()
    with told() as report:
        report.write_text(out)
    lines = out.getvalue().splitlines()
    assert "         7  facts" in lines
    assert "Exit.csv:3: not-taken: bad-date: The exit date «x» is not a day." in lines
    assert "HealthAndDV.csv: file: sensitive: Not imported: 12 rows." in lines


def test_a_value_in_a_sentence_is_cut_and_cleaned() -> None:
    assert shown("2021-02-30") == "«2021-02-30»"
    assert shown("a\x00b\nc") == "«a�b�c»"
    assert shown("x" * 200) == "«" + "x" * 60 + "…»"
