// The log of discharges at rest: who fires now first, each with its mean potential and the rule that named it.

import { by, floats, keep, make, put, sheet } from "./dom.js";
import { duration } from "./status.js";

export class RestLog {
  constructor() {
    this.place = by("rest-log");
    this.trains = [];
    this.rest = { before: 0, since: null };
  }

  take(picture, view, colours) {
    this.rest = picture.rest;
    this.trains = picture.trains;
    keep(this.place, this.trains, (train) => train.train, makeRow, fillRow);
    keep(by("rest-grades"), picture.grades, (grade) => grade.kind, makeGrade, fillGrade);
    put(by("rest-watched"), picture.watched || "the examiner decides");
    this.draw(view, colours);
  }

  draw(view, colours) {
    for (const [i, row] of [...this.place.children].entries()) drawSnippet(row.firstChild, this.trains[i], view, colours);
  }

  // Rest at this site so far; it goes on while there is rest.
  showTimer(newest, rateHz) {
    const now = this.rest.since === null ? 0 : Math.max(0, newest - this.rest.since);
    put(by("rest-timer"), rateHz ? duration((this.rest.before + now) / rateHz) : "–");
    by("rest-watch").classList.toggle("running", this.rest.since !== null);
  }
}

function makeRow() {
  const row = make("article", "train");
  row.append(make("canvas"), make("b"), ...["state", "evidence", "when", "figures", "reason"].map((part) => make("span", part)));
  return row;
}

function fillRow(row, train) {
  row.classList.toggle("ended", train.ended);
  row.classList.toggle("unnamed", !train.named);
  row.dataset.kind = train.kind;
  const [, kind, state, evidence, when, figures, reason] = row.children;
  put(kind, train.kind);
  put(state, train.ended ? "" : "firing");
  put(when, train.when);
  put(figures, train.figures);
  put(reason, train.reason);
  put(evidence, train.evidence);
  if (row.title !== train.reason) row.title = train.reason;
}

function makeGrade() {
  const line = make("div", "grade");
  line.append(make("b"), make("span", "kind"), make("span", "words"));
  return line;
}

function fillGrade(line, grade) {
  line.classList.toggle("found", grade.found);
  const [mark, kind, words] = line.children;
  put(mark, grade.grade);
  put(kind, grade.kind);
  put(words, grade.words);
}

// Each to its own height: at rest the form tells, and the figures beside it the size.
function drawSnippet(canvas, train, view, colours) {
  const on = sheet(canvas);
  if (!on) return;
  const { g, width, height, ratio } = on;
  const values = floats(train.snippet);
  g.fillStyle = colours.axis;
  g.fillRect(0, Math.round(height / 2), width, Math.max(1, ratio));
  if (!values.length) return;
  const most = values.reduce((found, value) => Math.max(found, Math.abs(value)), 1e-9);
  const sign = view.negativeUp ? 1 : -1;
  g.strokeStyle = train.ended ? colours.dim : colours.trace;
  g.lineWidth = 1.3 * ratio;
  g.lineJoin = "round";
  g.beginPath();
  values.forEach((value, i) => g.lineTo((i / (values.length - 1)) * width, height / 2 + (sign * value * 0.45 * height) / most));
  g.stroke();
}
