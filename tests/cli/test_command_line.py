"""The command line as hospitals script it: exit codes, JSON on the right stream, never a traceback."""

from __future__ import annotations

import json

import pytest

from taper_app.__main__ import main

REQUEST = {
    "current": [
        {"drug": "Klonopin", "mg": "1", "time": "08:00", "source": "prescribed"},
        {"drug": "Klonopin", "mg": "1", "time": "20:00", "source": "prescribed"},
    ],
    "protocol": "asam-2025",
    "start_on": "2027-01-11",
    "equivalence": "ashton-2002",
    "products": ["clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg"],
}


@pytest.fixture
def run(tmp_path, capsys):
    def run_with(content, *words):
        path = tmp_path / "input.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        code = main([*words, str(path)])
        answer = capsys.readouterr()
        return code, answer.out, answer.err

    return run_with


def test_a_plan_is_json_on_standard_output(run):
    code, out, err = run(REQUEST, "plan")
    plan = json.loads(out)
    assert (code, err, plan["schema"]) == (0, "", 1)
    assert plan["steps"][0]["daily_mg"] == {"clonazepam": "1.875"}
    assert plan["request"]["cut_percent"] == "10", "defaults are filled in"


def test_her_first_request_is_refused_with_exit_3_and_its_remedies(run):
    code, out, _ = run(REQUEST | {"products": REQUEST["products"][:2]}, "plan")
    assert code == 3
    assert [remedy["message"] for remedy in json.loads(out)["refused"]["remedies"]] == [
        "Add the 0.125 mg orally disintegrating tablet.",
        "Stay on 0.75 mg a day for now.",
    ]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("not json", ""),
        ("[]", ""),
        ('{"protocol": NaN}', "protocol"),
        ('{"protocol": "asam-2025", "protocol": "x"}', "protocol"),
        (REQUEST | {"protocl": "x"}, "protocl"),
        (REQUEST | {"protocol": "nice"}, "protocol"),
        (REQUEST | {"start_on": "11.1.2027"}, "start_on"),
        (REQUEST | {"cut_percent": "-10"}, "cut_percent"),
        (REQUEST | {"current": [{"drug": "Klonopin", "mg": "1e3", "time": "08:00"}]}, "current.0.mg"),
        (REQUEST | {"products": ["clonazepam-tablet-3mg"]}, "products.0"),
    ],
)
def test_bad_input_exits_2_with_the_field_and_a_sentence_on_standard_error(run, content, field):
    code, out, err = run(content, "plan")
    errors = json.loads(err)["errors"]
    assert (code, out) == (2, "")
    assert field in [error["field"] for error in errors]
    assert all(error["message"].endswith(".") for error in errors)


def test_a_start_a_year_ago_is_judged_only_against_today(run):
    assert run(REQUEST, "plan")[0] == 0
    code, _, err = run(REQUEST, "plan", "--today", "2028-01-15")
    assert code == 2
    assert json.loads(err)["errors"][0]["field"] == "start_on"


@pytest.mark.parametrize(
    ("fmt", "holds"), [("text", "Plan for the prescriber"), ("csv", "step,kind"), ("ics", "BEGIN:VEVENT")]
)
def test_other_formats_hold_the_same_plan(run, fmt, holds):
    code, out, _ = run(REQUEST, "plan", "--format", fmt)
    assert code == 0
    assert holds in out


@pytest.mark.parametrize("fmt", ["csv", "ics"])
def test_a_refusal_is_json_also_for_a_program_that_asked_for_a_sheet_or_a_calendar(run, fmt):
    code, out, _ = run(REQUEST | {"products": REQUEST["products"][:2]}, "plan", "--format", fmt)
    assert code == 3
    assert json.loads(out)["refused"]["remedies"]


def test_a_refusal_as_text_is_for_reading(run):
    code, out, _ = run(REQUEST | {"products": REQUEST["products"][:2]}, "plan", "--format", "text")
    assert code == 3
    assert out.startswith("Refused: ")


def test_the_calendar_says_nothing_that_a_locked_screen_should_not_show(run):
    out = run(REQUEST, "plan", "--format", "ics")[1]
    assert "clonazepam" not in out.lower()


def test_the_checker_accepts_what_the_builder_made(run):
    plan = run(REQUEST, "plan")[1]
    code, out, _ = run(plan, "check")
    answer = json.loads(out)
    assert (code, answer["violations"], answer["ok"]) == (0, [], True)


def test_a_case_is_assessed(run):
    case = {"observation": {"events": [{"kind": "seizure", "duration_minutes": 2, "recovered": True}]}}
    code, out, _ = run(case, "assess")
    answer = json.loads(out)
    assert (code, answer["level"]) == (0, 4)
    assert answer["taper"] == {"next_cut": "suspended", "this_dose": "give_do_not_omit"}


def test_the_shipped_protocol_files_have_no_fault(capsys):
    assert main(["protocols", "check"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "faults": []}


def test_a_misspelt_key_is_named_with_its_file_and_line(tmp_path, capsys):
    import shutil

    from taper_app.protocol_files import protocols_folder

    folder = tmp_path / "protocols"
    shutil.copytree(protocols_folder(), folder)
    file = folder / "tapers" / "asam-2025.toml"
    file.write_text(file.read_text().replace("cut_percent", "cut_percnt", 1))
    assert main(["protocols", "check", str(folder)]) == 2
    fault = json.loads(capsys.readouterr().out)["faults"]
    assert any(f["file"] == "tapers/asam-2025.toml" and f["line"] and "cut_percnt" in f["key"] for f in fault)


def test_what_is_shipped_can_be_shown(capsys):
    assert main(["protocols", "show", "asam-2025"]) == 0
    assert json.loads(capsys.readouterr().out)["own_ceiling"]["percent"] == "25"


def test_an_unknown_command_is_refused_like_other_input(capsys):
    assert main(["hold"]) == 2
    assert "--help" in json.loads(capsys.readouterr().err)["errors"][0]["message"]


# ---- taper amend ----
@pytest.fixture
def amend(run, tmp_path, capsys):
    """Changes the worked story's plan, or what is given in its place."""

    def amend_with(change, *words, plan=None):
        written = tmp_path / "plan.json"
        if plan is None:
            _, plan, _ = run(REQUEST, "plan")
        written.write_text(plan if isinstance(plan, str) else json.dumps(plan))
        changed = tmp_path / "change.json"
        changed.write_text(change if isinstance(change, str) else json.dumps(change))
        code = main(["amend", str(written), str(changed), *words])
        answer = capsys.readouterr()
        return code, answer.out, answer.err

    return amend_with


KEEP = {"on": "2027-02-01", "kind": "keep", "reason": "not sleeping"}


def test_a_changed_plan_is_a_plan_that_names_the_one_before_it(amend):
    code, out, err = amend(KEEP)
    plan = json.loads(out)
    assert (code, err, plan["schema"]) == (0, "", 1)
    assert plan["amends"]["change"] == KEEP
    assert len(plan["amends"]["sha256"]) == 64
    assert (plan["steps"][-1]["kind"], plan["steps"][-1]["days"], plan["first_day_without_drug"]) == ("keep", 0, None)
    code, out, _ = amend({"on": "2027-02-20", "kind": "resume", "reason": "better"}, plan=out)
    assert (code, json.loads(out)["first_day_without_drug"]) == (0, "2027-11-30")


def test_a_changed_plan_is_printed_like_a_plan(amend):
    assert "3. keep: 2027-02-01 on" in amend(KEEP, "--format", "text")[1]
    assert amend(KEEP, "--format", "csv")[1].count("\n") > 4
    assert amend(KEEP, "--format", "ics")[1].startswith("BEGIN:VCALENDAR")


def test_a_change_that_no_safe_plan_follows_exits_with_3_and_whom_to_ask(amend):
    gap = {"on": "2027-02-12", "kind": "missed", "from": "2027-02-01", "to": "2027-02-11", "reason": "away"}
    code, out, err = amend(gap)
    assert (code, err) == (3, "")
    assert "titrates anew" in json.loads(out)["refused"]["whom_to_ask"]


def test_faults_of_the_plan_and_of_the_change_are_named_together(amend):
    code, out, err = amend({"kind": "keep"}, "--given-up-to", "today", plan={"steps": []})
    fields = [error["field"] for error in json.loads(err)["errors"]]
    assert (code, out) == (2, "")
    assert {"plan.request", "plan.protocol", "on", "reason", "given_up_to"} <= set(fields)


def test_what_was_given_stays_as_it_was(amend):
    code, _, err = amend(KEEP, "--given-up-to", "2027-02-03T08:00:00-05:00")
    assert (code, json.loads(err)["errors"][0]["field"]) == (2, "on")
    assert amend(KEEP, "--given-up-to", "2027-01-31")[0] == 0


def test_only_one_of_plan_and_change_comes_on_standard_input(capsys):
    assert main(["amend", "-", "-"]) == 2
    assert "name a file" in capsys.readouterr().err


def test_a_plan_that_ends_by_a_date_shows_the_pace_that_was_found(run):
    code, out, _ = run({**REQUEST, "ends_by": "2027-12-01"}, "plan")
    request = json.loads(out)["request"]
    assert (code, request["cut_percent"], request["every_days"], request["ends_by"]) == (0, "8.4", 14, "2027-12-01")
    code, out, _ = run({**REQUEST, "ends_by": "2027-06-01"}, "plan")
    assert (code, json.loads(out)["refused"]["remedies"][0]["change"]) == (3, {"ends_by": "2027-11-11"})
