# `just` alone runs what CI runs, without the browser.

default: check test

test *words:
    uv run pytest {{words}}

check:
    uv run ruff check .
    uv run ruff format --check .
    uv run mypy
    uv run lint-imports
    uv run python .ci/lock.py check

fix:
    uv run ruff check --fix .
    uv run ruff format .

run *words:
    uv run taper run {{words}}

protocols:
    uv run taper protocols check

# New versions: resolve, write them as constraints and export the lock with hashes and without addresses.
lock:
    uv run python .ci/lock.py write --upgrade

# Branch coverage of planning, checking and quantities; fails below 100 %.
coverage:
    uv run coverage run -m pytest -n 0 tests/clinical tests/properties tests/protocols
    uv run coverage report

# Mutants of the planning: all of them take hours; `just mutants '*__mutmut_7'` takes the seventh of each function.
mutants *names:
    uv run --extra mutants mutmut run --max-children 2 {{names}}
    uv run --extra mutants mutmut results

# 100,000 random requests: every invariant, the checker, every remedy. One machine's night; the report says what broke.
night *words:
    PYTHONPATH=tests/support uv run python -m random_runs --requests 100000 --workers 2 {{words}}

# How long plans, the search, the checker, a year of levels, the scores and the rules of a set take; nothing fails by it.
bench:
    uv run python tests/performance/bench.py
    uv run python tests/performance/kinetics_year.py
    uv run python tests/performance/score_set.py
    uv run python tests/performance/rules_of_one_set.py

# What a save costs on the disk, one at a time and fifty at once, as ratios to one sync of the same run.
bench-saves:
    uv run python tests/performance/bench_durable_saves.py

# The board and a course of 90 days beside a million observations; `--postgres ADDRESS` asks a PostgreSQL too.
bench-ward *words:
    PYTHONPATH=tests/performance uv run python tests/performance/ward/bench_ward.py {{words}}

# The search against a constraint solver (the extra "solver"), as far as that proves an optimum.
solver:
    uv run --extra solver pytest -n 0 tests/performance

# What a kept field and a charted set cost beside an empty application: time, processor, bytes, and until it is painted.
bench-bedside *words:
    uv run python tests/performance/bedside/bench_saving.py {{words}}
    uv run python tests/performance/bedside/bench_painting.py
