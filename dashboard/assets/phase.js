// The phase of the examination: what is lit holds, and beside it stands by whose word.

import { command } from "./commands.js";
import { by, put } from "./dom.js";

export const PHASES = ["insertion", "rest", "minimal", "moderate", "maximal"];

export class Phase {
  constructor() {
    this.shown = { phase: "unknown", origin: "automatic", automatic: "unknown", site: 1, words: "" };
    for (const name of PHASES) by(`phase-${name}`).addEventListener("click", () => this.choose(name));
  }

  take(phase) {
    this.shown = phase;
    const set = phase.origin === "operator";
    by("phase").dataset.origin = phase.origin;
    by("phase").dataset.phase = phase.phase;
    for (const name of PHASES) {
      const button = by(`phase-${name}`);
      button.classList.toggle("on", name === phase.phase);
      button.classList.toggle("found", set && name === phase.automatic);
      button.setAttribute("aria-pressed", String(name === phase.phase));
    }
    put(by("phase-words"), phase.words);
    put(by("site"), `site ${phase.site}`);
  }

  // The phase that was set already is given back to the signal.
  choose(name) {
    if (by(`phase-${name}`).disabled) return;
    by(`phase-${name}`).blur();
    const held = this.shown.origin === "operator" && this.shown.phase === name;
    this.set(held ? null : name);
  }

  set(name) {
    if (by("phase-rest").disabled) return;
    command("set_phase", name ? `Phase set: ${name}` : "Phase: as the signal has it", { phase: name });
  }
}
