// Muscle, side and age: chosen here for any stream. A virtual patient is told the same, so that both agree.

import { command } from "./commands.js";
import { by, make } from "./dom.js";

const SIDES = [
  ["", "not stated"],
  ["left", "left"],
  ["right", "right"],
];

export class SubjectForm {
  // tellPatient(change) is there where a virtual patient answers, and gives null where none does.
  constructor(tellPatient) {
    this.tellPatient = tellPatient;
    this.card = by("subject-card");
    this.muscle = Object.assign(make("input"), { type: "text", maxLength: 80, id: "subject-muscle", autocomplete: "off" });
    this.muscle.setAttribute("list", "muscles");
    this.side = Object.assign(make("select"), { id: "subject-side" });
    this.side.append(...SIDES.map(([value, words]) => new Option(words, value)));
    this.age = Object.assign(make("input"), { type: "number", min: 0, max: 120, id: "subject-age" });
    this.build();
  }

  build() {
    const form = make("form");
    const title = make("h2", "", "Muscle, side and age");
    const why = make("p", "", "They decide which norms apply. Another muscle or side begins a new table. Nothing here names a person.");
    const set = Object.assign(make("button", "btn on", "set"), { type: "submit", id: "subject-set" });
    const close = Object.assign(make("button", "btn", "cancel"), { type: "button" });
    const buttons = make("div", "buttons");
    buttons.append(close, set);
    form.append(title, field("muscle", this.muscle), field("side", this.side), field("age", this.age), why, buttons);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    close.addEventListener("click", () => this.card.close());
    this.card.addEventListener("click", (event) => event.target === this.card && this.card.close());
    this.card.replaceChildren(form);
  }

  // What is known stands in the fields: a muscle alone is not lost by setting the age.
  open(subject) {
    if (by("subject-button").disabled) return;
    this.muscle.value = subject.muscle || "";
    this.side.value = subject.side || "";
    this.age.value = subject.age === null ? "" : subject.age;
    this.card.showModal();
    this.muscle.select();
  }

  async send() {
    const age = this.age.value === "" ? null : Number(this.age.value);
    const subject = { muscle: this.muscle.value.trim(), side: this.side.value || null, age };
    const words = [subject.side, subject.muscle || "muscle not stated", age === null ? "" : `${age} y`].filter(Boolean).join(" ");
    this.card.close();
    const patient = this.tellPatient();
    if (patient) patient({ ...subject, muscle: subject.muscle || null }, `Patient: ${words}`);
    else await command("set_subject", `Examined: ${words}`, subject);
  }
}

function field(words, control) {
  const label = make("label", "", words);
  label.append(control);
  return label;
}
