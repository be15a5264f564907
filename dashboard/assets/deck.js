// The panel below the trace has several views in one place. It shows what suits the phase, until somebody chooses.

import { by } from "./dom.js";

export const VIEWS = ["units", "rest", "epochs", "surface", "window"];
const OF_KIND = { surface: "surface", nothing: "window" };
const OF_PHASE = { insertion: "rest", rest: "rest", minimal: "units", moderate: "units", maximal: "epochs" };

export class Deck {
  // shown() follows a change of view.
  constructor(shown) {
    this.shown = shown;
    this.chosen = null;
    this.kind = "needle";
    this.suits = "units";
    for (const name of VIEWS) by(`tab-${name}`).addEventListener("click", () => this.choose(name));
    by("tab-auto").addEventListener("click", () => this.choose(null));
    this.show();
  }

  take({ kind, phase }) {
    this.kind = kind;
    this.suits = OF_PHASE[phase.phase] || this.suits;
    this.show();
  }

  get offered() {
    if (this.kind === "surface") return ["surface", "window"];
    return VIEWS.filter((name) => name !== "surface");
  }

  get view() {
    const wanted = this.chosen || OF_KIND[this.kind] || this.suits;
    return this.offered.includes(wanted) ? wanted : this.offered[0];
  }

  choose(name) {
    if (name && !this.offered.includes(name)) return;
    this.chosen = name;
    document.activeElement.blur();
    this.show();
  }

  show() {
    const { view, offered } = this;
    const auto = this.chosen === null;
    by("tab-auto").classList.toggle("on", auto);
    by("tab-auto").hidden = this.kind === "surface";
    for (const name of VIEWS) {
      by(`tab-${name}`).hidden = !offered.includes(name);
      by(`tab-${name}`).setAttribute("aria-selected", String(name === view));
      by(`view-${name}`).hidden = name !== view;
    }
    if (this.last !== view) this.shown(view);
    this.last = view;
  }
}
