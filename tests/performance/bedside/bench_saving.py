"""How dear it is to keep a field and to chart a set, against an empty application: ``just bench-bedside``.

Wall time, processor time of the server and bytes of one rerun, medians over the reruns of interleaved rounds.
Nothing passes or fails by it.

    floor        an empty page, rerun by its button
    bare form    25 widgets in a form, nothing else
    field        one field of the observation set is kept as a draft
    set          the whole set is charted with "Save set"
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from measured_servers import MeasuredServer, Ward, application, filled_ward, floor
from websocket_client import Rerun, WebSocketClient


@dataclass
class Measured:
    """Reruns of one kind; processor time is taken over a round and divided."""

    reruns: list[Rerun] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def round_of(self, server: MeasuredServer, count: int, act: Callable[[int], Rerun], pause: float = 0.05) -> None:
        for index in range(2):
            act(1000 + index)
        before = server.cpu_ms()
        for index in range(count):
            self.reruns.append(act(index))
            time.sleep(pause)
        self.cpu_ms.append((server.cpu_ms() - before) / count)

    @property
    def milliseconds(self) -> float:
        return median(rerun.seconds for rerun in self.reruns) * 1000

    @property
    def p95(self) -> float:
        ordered = sorted(rerun.seconds * 1000 for rerun in self.reruns)
        return ordered[int(0.95 * (len(ordered) - 1))]

    @property
    def cpu(self) -> float:
        return median(self.cpu_ms)

    @property
    def bytes(self) -> float:
        return median(rerun.bytes for rerun in self.reruns)


def open_first_chart(server: MeasuredServer, token: str) -> WebSocketClient:
    client = WebSocketClient(server.url, token)
    client.rerun()
    client.press("Open")
    return client


READINGS = {"respiratory_rate": "16", "spo2": "98", "systolic": "122", "diastolic": "78", "pulse": "70"}


def fill_in(client: WebSocketClient) -> None:
    """A quick set in which nothing calls for somebody."""
    for name, reading in READINGS.items():
        client.write(f"set|vitals.{name}|", reading)
    client.write("set|temperature|", "36.8")
    client.choose("set|oxygen|", "Air")
    client.choose("set|vitals.acvpu|", "Alert")
    client.choose("set|rass|", "0 alert and calm")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=30, help="reruns in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sets", type=int, default=8, help="charted sets in a round")
    asked = parser.parse_args()
    found = {name: Measured() for name in ("floor", "bare form", "field", "set", "page")}
    with tempfile.TemporaryDirectory() as folder:
        ward = filled_ward(Path(folder))
        with floor("empty") as empty, floor("bare_form") as bare, application(ward) as app:
            on_empty, on_bare = WebSocketClient(empty.url), WebSocketClient(bare.url)
            on_empty.rerun()
            on_bare.rerun()
            chart = open_first_chart(app, ward.token)
            for _ in range(asked.rounds):
                found["floor"].round_of(empty, asked.n, lambda _: on_empty.press("Save"))
                found["bare form"].round_of(bare, asked.n, lambda _: on_bare.press("Save"))
                found["field"].round_of(app, asked.n, lambda index: chart.write("vitals.pulse", str(60 + index % 90)))
                found["page"].round_of(app, 5, lambda _: chart.rerun())
            charted(found["set"], app, ward, asked.rounds * asked.sets)
            for client in (on_empty, on_bare, chart):
                if client.errors:
                    print("errors on the page:", client.errors[:3])
    report(found)


def charted(measured: Measured, app: MeasuredServer, ward: Ward, count: int) -> None:
    """Each set on a chart that is opened for it; processor time is that of the button alone."""
    client = open_first_chart(app, ward.token)
    charted_before = ward.count_records("observation")
    for _ in range(count):
        fill_in(client)
        time.sleep(0.05)
        before = app.cpu_ms()
        rerun = client.press("Save set")
        time.sleep(0.05)
        measured.cpu_ms.append(app.cpu_ms() - before)
        measured.reruns.append(rerun)
        if not any("The set was charted" in text for text in client.texts):
            print("not charted:", client.texts[:6])
        client.forget_fields()
        client.press("Chart another set")
    kept = ward.count_records("observation") - charted_before
    if kept != count:
        print(f"{kept} sets were stored, not {count}")
    if client.errors:
        print("errors on the page:", client.errors[:3])


def report(found: dict[str, Measured]) -> None:
    low, bare = found["floor"], found["bare form"]
    print(f"{'':12}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}{'bytes':>9}{'P1':>7}{'P2':>7}{'P3':>7}")
    for name, measured in found.items():
        ratios = (
            measured.milliseconds / low.milliseconds,
            measured.cpu / low.cpu,
            measured.bytes / bare.bytes,
        )
        print(
            f"{name:12}{measured.milliseconds:9.1f}{measured.p95:9.1f}{measured.cpu:9.1f}{measured.bytes:9.0f}"
            + "".join(f"{ratio:7.2f}" for ratio in ratios)
        )


if __name__ == "__main__":
    main()
