// The ward board between two refreshes: its clocks go on, and a board that is no longer refreshed says so itself, which
// the server cannot do when the line is down. It keeps nothing, sends nothing and reads moments and times only.
(() => {
  "use strict";

  const MINUTE_MS = 60_000;
  const BEATS_MISSED = 3;
  const SETTLES_MS = 700;
  // The server's clock counts: a wall screen's own may be wrong.
  let serverAhead = null;
  let lastBeat = "";
  let beatSeenAt = 0;
  let order = "";

  const now = () => performance.now() + serverAhead;

  const size = (minutes) => {
    if (minutes < 1) return "";
    if (minutes < 120) return `${minutes} min`;
    return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
  };

  // The same words as board_clock.py writes.
  const wordsOf = (kind, at, moment) => {
    const passed = Math.floor((moment - at) / MINUTE_MS);
    if (kind === "waited") return [size(passed) || "less than 1 min", false];
    if (moment < at) return [`in ${size(-passed)}`, false];
    const late = size(passed);
    return kind === "until" || !late ? ["now", false] : [`overdue ${late}`, true];
  };

  const turnClocks = () => {
    for (const clock of document.querySelectorAll(".board-clock")) {
      const [words, isOverdue] = wordsOf(clock.dataset.kind, Number(clock.dataset.at), now());
      if (clock.textContent !== words) clock.textContent = words;
      if (clock.classList.contains("is-overdue") !== isOverdue) clock.classList.toggle("is-overdue", isOverdue);
    }
  };

  const seeBeat = (beat) => {
    if (beat.dataset.beat === lastBeat) return;
    lastBeat = beat.dataset.beat;
    beatSeenAt = performance.now();
    serverAhead = Number(lastBeat) / 1000 - beatSeenAt;
  };

  const bar = () => {
    const found = document.getElementById("board-is-old");
    if (found) return found;
    const made = document.createElement("div");
    made.id = "board-is-old";
    made.setAttribute("role", "alert");
    document.body.append(made);
    return made;
  };

  const sayWhetherOld = (beat) => {
    const silent = performance.now() - beatSeenAt;
    const isOld = beat !== null && silent > BEATS_MISSED * 1000 * Number(beat.dataset.every);
    const words = isOld
      ? `OLD BOARD: last refreshed ${beat.dataset.shown}, ${Math.floor(silent / 1000)} s ago. ` +
        "The line to the server is lost; look at the patients."
      : "";
    if (isOld || document.getElementById("board-is-old")) {
      const shown = bar();
      shown.hidden = !isOld;
      // Said once to those who hear it; the seconds go on only for the eye.
      shown.setAttribute("aria-live", "assertive");
      if (shown.textContent !== words) shown.textContent = words;
    }
    document.documentElement.classList.toggle("board-is-old", isOld);
  };

  // Rows have just changed places: for a moment no tap opens anybody, or it would open whom nobody meant.
  const guardMovedRows = () => {
    const rows = [...document.querySelectorAll('[class*="st-key-row-"]')];
    const seen = rows.map((row) => [...row.classList].find((name) => name.startsWith("st-key-row-"))).join(" ");
    if (seen === order) return;
    const hadRows = order !== "";
    order = seen;
    if (!hadRows || seen === "") return;
    document.documentElement.classList.add("board-has-moved");
    setTimeout(() => document.documentElement.classList.remove("board-has-moved"), SETTLES_MS);
  };

  const look = () => {
    const beat = document.querySelector(".board-beat");
    if (beat) seeBeat(beat);
    if (beat && serverAhead !== null) turnClocks();
    sayWhetherOld(beat);
  };

  new MutationObserver(guardMovedRows).observe(document.documentElement, { childList: true, subtree: true });
  setInterval(look, 1000);
})();
