// A virtual patient: what it is told, what it answers, and whether the truth is shown.
//
// The controls are Dash's; they show what the patient said last. One that is changed to something else is a wish,
// and is sent. So values that are set from here send nothing.

import { toast } from "./commands.js";

const EVERY_MS = 1000;
const CONTROLS = ["condition", "severity", "stage", "age", "muscle", "side", "effort"];
const NOBODY = { done: false, reason: "the page's server does not answer", patient: null };

const by = (id) => document.getElementById(id);

async function ask(path, change) {
  try {
    const how = change && { method: "POST", body: JSON.stringify(change) };
    return await (await fetch(path, how)).json();
  } catch {
    return NOBODY;
  }
}

export class Patient {
  // truthChanged(shown) follows the toggle.
  constructor(truthChanged) {
    this.truthChanged = truthChanged;
    this.panel = by("patient");
    this.shown = {};
    this.changes = 0;
    this.waiting = 0;
    this.begin(false);
    window.dash_clientside.patient = { changed: () => this.changed(window.dash_clientside.callback_context.triggered) };
    this.panel.addEventListener("keydown", (event) => {
      // An open list of muscles closes alone: it is gone by now.
      if (event.key === "Escape" && event.target.isConnected) this.toggle();
    });
    setInterval(() => this.look(), EVERY_MS);
  }

  // Another stream: forget whom we knew.
  begin(virtual) {
    this.virtual = virtual;
    this.state = null;
    this.panel.hidden = true;
    this.showTruth(false);
    by("patient-button").hidden = true;
    this.look();
  }

  // Ask while there is somebody to look for, or something on the screen that must be true.
  async look() {
    const wanted = !this.state || !this.panel.hidden || this.truthShown;
    if (!this.virtual || !wanted || this.waiting || document.hidden) return;
    const before = this.changes;
    this.waiting++;
    const answer = await ask("/patient");
    this.waiting--;
    if (before === this.changes && this.virtual) this.hear(answer);
  }

  async tell(change, words) {
    this.changes++;
    this.waiting++;
    const answer = await ask("/command/set_patient", change);
    this.waiting--;
    if (!answer.done) toast(`Not done: ${answer.reason}`, "refused");
    else toast(answer.reason || words, answer.reason ? "refused" : "");
    // Answers to earlier changes would take the later ones back.
    if (!this.waiting) this.hear(answer.patient ? answer : { ...answer, patient: this.state });
  }

  hear(answer) {
    const silent = this.state && !answer.done && !answer.patient;
    this.panel.classList.toggle("silent", Boolean(silent));
    if (silent) by("patient-now").textContent = "no answer";
    if (!answer.patient) return;
    this.state = answer.patient;
    by("patient-button").hidden = false;
    this.show();
  }

  show() {
    const { condition, severity, stage, muscles, site, phase } = this.state;
    if (muscles.join() !== this.muscles) {
      this.set("muscle", { options: muscles });
      by("muscles").replaceChildren(...muscles.map((name) => new Option(name, name)));
    }
    this.muscles = muscles.join();
    for (const name of CONTROLS)
      if (this.shown[name] !== this.state[name]) this.set(name, { value: (this.shown[name] = this.state[name]) });
    by("patient-now").textContent = `site ${site} · ${phase}`;
    this.panel.classList.toggle("healthy", condition === "healthy");
    const how = condition === "healthy" ? "" : ` ${severity.toFixed(2)}, ${stage}`;
    by("truth-condition").textContent = condition;
    by("truth-how").textContent = how;
  }

  set(name, props) {
    window.dash_clientside.set_props(`patient-${name}`, props);
  }

  // Dash says which controls have another value now: a wish, unless the patient said so itself.
  changed(triggered) {
    const change = {};
    for (const { prop_id, value } of triggered) {
      const name = prop_id.slice("patient-".length, -".value".length);
      this.shown[name] = value;
      if (this.state && value !== null && value !== this.state[name]) change[name] = value;
    }
    const [[name, value] = []] = Object.entries(change);
    if (name) this.tell(change, `Patient: ${name} ${value}`);
    const held = document.activeElement;
    // A control that keeps the focus after a click would take the next arrow key for itself.
    if (this.panel.contains(held) && !held.matches(":focus-visible")) held.blur();
  }

  toggle() {
    if (!this.state) return;
    this.panel.hidden = !this.panel.hidden;
    by("patient-button").classList.toggle("on", !this.panel.hidden);
    by("patient-button").setAttribute("aria-expanded", String(!this.panel.hidden));
    if (this.panel.hidden) return;
    this.nameControls();
    this.panel.focus({ focusVisible: false });
    this.look();
  }

  // Dash gives its controls no names that a screen reader could say.
  nameControls() {
    for (const name of CONTROLS) {
      const control = by(`patient-${name}`);
      const spoken = [...control.querySelectorAll("[role=slider], [type=number]")];
      for (const element of spoken.length ? spoken : [control]) element.setAttribute("aria-label", name);
    }
  }

  toggleTruth() {
    if (this.state) this.showTruth(!this.truthShown);
    this.look();
  }

  showTruth(shown) {
    this.truthShown = shown;
    by("truth").hidden = !shown;
    by("truth-button").textContent = shown ? "hide the truth" : "show the truth";
    by("truth-button").classList.toggle("on", shown);
    this.truthChanged(shown);
  }

  anotherPerson() {
    if (this.state) this.tell({ another_person: true }, "Another person");
  }

  anotherPosition(words = "Another position") {
    if (this.state) this.tell({ move_needle: true }, words);
  }
}
