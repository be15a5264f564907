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
  e: "newSite",
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
  "new-site-button": "newSite",
  "theme-button": "theme",
  "help-button": "help",
  polarity: "polarity",
};

export function startKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select, input, textarea")) return;
    const action = actions[KEYS[event.key]];
    if (!action) return;
    event.preventDefault();
    action();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[id]");
    const action = button && actions[BUTTONS[button.id]];
    if (!action) return;
    // A button that keeps the focus would take the next press of the space bar for itself.
    button.blur();
    action();
  });
}
