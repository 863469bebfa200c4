// Keys for charting with one hand on a keyboard. It only moves the focus and presses what is on the screen: it keeps
// nothing, sends nothing and reads nothing of a patient.
//
//   a digit, sign or first letter   on a row of answers: choose that answer and go to the next field
//   Backspace                       on a row of answers: take the answer back (not assessed)
//   y or 1                          on a tick box: tick it and go on
//   Enter                           in a line of text: keep it and go to the next field
//   F2                              the first field of the observation set
//   Ctrl+Enter                      save what stands in the observation set or the open dialog
(() => {
  "use strict";

  const GROUP = '[data-testid="stButtonGroup"]';
  const SEGMENT = `${GROUP} button`;
  const SIGN_STAYS_MS = 1500;
  let sign = "";
  let signAt = 0;

  const isShown = (element) => element.offsetParent !== null && !element.disabled;

  // The whole form, or the dialog in front of it.
  const place = (element) => element.closest('[role="dialog"]') || document.querySelector('[data-testid="stMain"]');

  // One stop a field: a row of answers, a line of text, a tick box. What is set aside is left out.
  const stops = (within) =>
    [...within.querySelectorAll(`${GROUP}, input, textarea`)].filter(
      (found) =>
        (found.matches(GROUP) || !found.closest(GROUP)) &&
        !found.closest('[class*="st-key-unit-"]') &&
        found.type !== "hidden" &&
        isShown(found),
    );

  const enter = (stop) => {
    const target = stop.matches(GROUP)
      ? stop.querySelector("button[data-selected]") || stop.querySelector("button")
      : stop;
    target.focus();
    target.scrollIntoView({ block: "center", behavior: "instant" });
    if (target.select) target.select();
  };

  const goOnFrom = (element) => {
    const here = element.closest(GROUP) || element;
    const all = stops(place(element));
    const next = all[all.indexOf(here) + 1];
    if (next) enter(next);
    else element.blur();
  };

  const words = (segment) => segment.textContent.trim().toLowerCase().replace("−", "-");

  const sought = (key) => {
    const wanted = performance.now() - signAt < SIGN_STAYS_MS ? sign + key : key;
    sign = "";
    return wanted.toLowerCase();
  };

  const segmentFor = (segments, wanted) => {
    const starts = segments.filter((segment) => words(segment).startsWith(wanted));
    const whole = starts.filter((segment) => !/\d/.test(words(segment).slice(wanted.length)[0] || ""));
    return whole[0] || starts[0];
  };

  const answer = (event, segment) => {
    const group = segment.closest(GROUP);
    const segments = [...group.querySelectorAll("button")];
    if (event.key === "+" || event.key === "-") {
      sign = event.key;
      signAt = performance.now();
      event.preventDefault();
      return;
    }
    if (event.key === "Backspace" || event.key === "Delete") {
      const chosen = group.querySelector("button[data-selected]");
      if (chosen) chosen.click();
      event.preventDefault();
      return;
    }
    if (!/^[0-9a-z]$/i.test(event.key)) return;
    const found = segmentFor(segments, sought(event.key));
    if (!found) return;
    event.preventDefault();
    if (!found.hasAttribute("data-selected")) found.click();
    goOnFrom(found);
  };

  const save = (element) => {
    const button = place(element).querySelector('[class*="st-key-save-"] button[kind="primary"], [class*="st-key-save-"] button');
    if (!button) return;
    if (document.activeElement) document.activeElement.blur();
    setTimeout(() => button.click(), 0);
  };

  document.addEventListener(
    "keydown",
    (event) => {
      const target = event.target instanceof Element ? event.target : document.body;
      if (event.key === "F2") {
        const first = document.querySelector('[class*="st-key-numbers-"] input');
        if (first) enter(first);
        event.preventDefault();
        return;
      }
      if (event.key === "Enter" && event.ctrlKey) {
        save(target);
        event.preventDefault();
        return;
      }
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const segment = target.closest(SEGMENT);
      if (segment) {
        answer(event, segment);
      } else if (target.matches('input[type="checkbox"]') && (event.key === "y" || event.key === "1")) {
        event.preventDefault();
        if (!target.checked) target.click();
        goOnFrom(target);
      } else if (event.key === "Enter" && target.matches('[data-testid="stTextInput"] input')) {
        goOnFrom(target);
      }
    },
    true,
  );

  // A tablet shows its number pad for readings.
  const asNumber = (event) => {
    const field = event.target;
    if (field instanceof HTMLInputElement && field.closest('[class*="st-key-numbers-"]')) field.inputMode = "decimal";
  };
  document.addEventListener("pointerdown", asNumber, true);
  document.addEventListener("focusin", asNumber, true);
})();
