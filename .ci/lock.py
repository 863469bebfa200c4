"""Exact versions without addresses: constraints in pyproject.toml, hashes in requirements.lock.

``python .ci/lock.py write`` resolves and writes both; ``check`` fails when they disagree with each other or with
what uv resolves. uv.lock itself is not kept, because it records where each file was fetched.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = ROOT / "pyproject.toml"
LOCK = ROOT / "requirements.lock"
EXPORT = [
    "uv",
    "export",
    "-q",
    "--no-emit-project",
    "--all-extras",
    "--format",
    "requirements.txt",
    "--no-header",
    "--no-annotate",
]
_TABLE = re.compile(r"\n\[tool\.uv\]\n.*?\n\]\n", re.DOTALL)


def pins(requirements: str) -> list[str]:
    """``name==1.2 ; marker`` of each requirement, without hashes."""
    lines = requirements.replace("\\\n", " ").splitlines()
    found = (re.sub(r"\s+--hash=\S+", "", line).strip() for line in lines)
    return sorted(line for line in found if line and not line.startswith("#"))


def exported(*options: str) -> str:
    return subprocess.run([*EXPORT, *options], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def write(upgrade: bool) -> None:
    text = _TABLE.sub("\n", PYPROJECT.read_text())
    if upgrade:
        PYPROJECT.write_text(text)
        subprocess.run(["uv", "lock", "--upgrade", "-q"], cwd=ROOT, check=True)
    constraints = "".join(f'  "{pin}",\n' for pin in pins(exported("--no-hashes")))
    PYPROJECT.write_text(f"{text.rstrip()}\n\n[tool.uv]\nconstraint-dependencies = [\n{constraints}]\n")
    LOCK.write_text(exported())


def check() -> int:
    constraints = sorted(tomllib.loads(PYPROJECT.read_text())["tool"]["uv"]["constraint-dependencies"])
    locked, resolved = pins(LOCK.read_text()), pins(exported("--no-hashes"))
    faults = []
    if constraints != locked:
        faults.append(
            "pyproject.toml and requirements.lock disagree: " + ", ".join(sorted(set(constraints) ^ set(locked)))
        )
    if resolved != locked:
        faults.append(
            "uv resolves other versions than requirements.lock: " + ", ".join(sorted(set(resolved) ^ set(locked)))
        )
    if re.search(r"https?://", LOCK.read_text()):
        faults.append("requirements.lock holds an address")
    print("\n".join(faults) or f"{len(locked)} pins agree")
    return 1 if faults else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        sys.exit(check())
    write(upgrade="--upgrade" in sys.argv)
