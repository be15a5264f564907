// Hands are busy: everything has a key. A button for each does the same.

const KEYS = {
  ArrowUp: "gainUp",
  ArrowDown: "gainDown",
  ArrowRight: "sweepLonger",
  ArrowLeft: "sweepShorter",
  " ": "freeze",
  f: "fit",
  n: "polarity",
  "[": "channelBefore",
  "]": "channelAfter",
  m: "mark",
  e: "anew",
  s: "nextSite",
  c: "subject",
  1: "insertion",
  2: "rest",
  3: "minimal",
  4: "moderate",
  5: "maximal",
  0: "automatic",
  u: "view units",
  r: "view rest",
  i: "view epochs",
  w: "view window",
  a: "follow",
  p: "patient",
  t: "theme",
  "?": "help",
};

const BUTTONS = {
  "gain-less-button": "gainUp",
  "gain-more-button": "gainDown",
  "sweep-less-button": "sweepShorter",
  "sweep-more-button": "sweepLonger",
  "fit-button": "fit",
  "freeze-button": "freeze",
  "mark-button": "mark",
  "anew-button": "anew",
  "next-site-button": "nextSite",
  "subject-button": "subject",
  "patient-button": "patient",
  "patient-close": "patient",
  "truth-button": "truth",
  "another-person-button": "anotherPerson",
  "another-position-button": "anotherPosition",
  "theme-button": "theme",
  "help-button": "help",
  polarity: "polarity",
};

// What a control with the focus takes for itself: everything where one writes, else what moves or presses it.
function taken(event) {
  if (event.target.closest("select, textarea, input:not([type=radio]), [aria-expanded=true], [role=dialog]")) return true;
  return event.target.closest("input, [role=slider]") && /^( |Enter|Arrow.*|Page.*|Home|End)$/.test(event.key);
}

export function startKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || taken(event)) return;
    if (document.querySelector("dialog[open]:not(#help-card)")) return;
    const action = actions[KEYS[event.key]];
    if (!action) return;
    event.preventDefault();
    action();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button, #polarity");
    const action = button && actions[BUTTONS[button.id]];
    if (!action) return;
    // A button that keeps the focus would take the next press of the space bar for itself.
    button.blur();
    action();
  });
}
