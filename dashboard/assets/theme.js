// Dark, light or as the system has it; and the roles of the style sheet as colours that a canvas takes.

const ORDER = ["auto", "dark", "light"];
const root = document.documentElement;

export function startTheme(stored, changed) {
  if (ORDER.includes(stored.theme)) root.dataset.theme = stored.theme;
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", changed);
}

export function nextTheme() {
  root.dataset.theme = ORDER[(ORDER.indexOf(root.dataset.theme) + 1) % ORDER.length];
  return root.dataset.theme;
}

// Custom properties with light-dark() resolve only where they are used: ask an element that uses them.
export function palette(...roles) {
  const probe = document.body.appendChild(document.createElement("i"));
  const found = {};
  for (const role of roles) {
    probe.style.color = `var(--${role})`;
    found[role] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}
