// Motor units: every template to one scale, negative up, with onset, offset and satellites marked.

import { floats, keep, make, put, sheet } from "./dom.js";
import { SLOTS } from "./ticks.js";

const GRID_MS = 5;
const STEPS_UV = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
const DIVISIONS = 6;

export class UnitCells {
  constructor(place) {
    this.place = place;
    this.units = [];
    this.scale = null;
  }

  take(units, view, colours) {
    this.units = units.map((unit) => ({ ...unit, values: floats(unit.template) }));
    this.place.dataset.rows = units.some((unit) => unit.place >= 4) ? 2 : 1;
    keep(this.place, this.units, (unit) => unit.unit, makeCell, fillCell);
    this.draw(view, colours);
  }

  draw(view, colours) {
    this.scale = commonScale(this.units, view.negativeUp ? -1 : 1);
    for (const [i, cell] of [...this.place.children].entries()) drawCell(cell, this.units[i], this.scale, colours);
  }

  get words() {
    if (!this.units.length || !this.scale) return "";
    const { step } = this.scale;
    return `${step >= 1000 ? `${step / 1000} mV` : `${step} µV`}/div · ${GRID_MS} ms/div`;
  }
}

function makeCell() {
  const cell = make("div", "unit");
  cell.append(make("canvas"), make("div", "lines"));
  cell.lastChild.append(make("div", "named"), make("div"), make("div"), make("div", "standing"));
  cell.lastChild.firstChild.append(make("b"), make("span"));
  return cell;
}

function fillCell(cell, unit) {
  cell.dataset.quality = unit.quality;
  cell.dataset.unit = unit.unit;
  cell.style.setProperty("--role", `var(--${SLOTS[unit.slot]})`);
  cell.style.gridArea = `${Math.floor(unit.place / 4) + 1} / ${(unit.place % 4) + 1}`;
  if (cell.title !== unit.title) cell.title = unit.title;
  const [named, size, shape, standing] = cell.lastChild.children;
  put(named.firstChild, String(unit.unit));
  put(named.lastChild, unit.lines[0]);
  put(size, unit.lines[1]);
  put(shape, unit.lines[2]);
  put(standing, unit.lines[3]);
  standing.classList.toggle("counts", unit.quality === "accepted" && unit.lines[3] === "accepted");
}

// Milliseconds about the peak and microvolt per division that suit all templates, in steps that stay put.
function commonScale(units, sign) {
  let [before, after, up, down] = [7, 12, 20, 20];
  for (const unit of units) {
    const ms = (index) => ((index - unit.peak) / unit.rate_hz) * 1000;
    if (unit.onset !== null) before = Math.max(before, 1.5 - ms(unit.onset));
    if (unit.offset !== null) after = Math.max(after, ms(unit.offset) + 1.5);
    for (const at of unit.satellites) after = Math.max(after, ms(at) + 2);
    for (const value of unit.values) {
      up = Math.max(up, sign * value);
      down = Math.max(down, -sign * value);
    }
  }
  const step = STEPS_UV.find((uv) => Math.ceil(up / uv) + Math.ceil(down / uv) <= DIVISIONS) || STEPS_UV[STEPS_UV.length - 1];
  return { before, after, step, sign, up: Math.ceil((1.1 * up) / step), down: Math.ceil((1.1 * down) / step) };
}

function drawCell(cell, unit, scale, colours) {
  const on = sheet(cell.firstChild);
  if (!on) return;
  const { g, width, height, ratio } = on;
  const perMs = width / (scale.before + scale.after);
  const division = height / (scale.up + scale.down);
  const xOf = (index) => (scale.before + ((index - unit.peak) / unit.rate_hz) * 1000) * perMs;
  const yOf = (uv) => scale.up * division - (scale.sign * uv * division) / scale.step;
  const line = Math.max(1, Math.round(ratio));
  g.fillStyle = colours.grid;
  for (let t = -Math.floor(scale.before / GRID_MS) * GRID_MS; t < scale.after; t += GRID_MS)
    g.fillRect(Math.round((scale.before + t) * perMs), 0, line, height);
  for (let k = 1; k < scale.up + scale.down; k++) g.fillRect(0, Math.round(k * division), width, line);
  g.fillStyle = colours.axis;
  g.fillRect(0, Math.round(yOf(0)), width, line);
  if (!unit.values.length) return;
  drawMarks(g, unit, xOf, yOf, height, ratio, colours);
  g.strokeStyle = colours[SLOTS[unit.slot]];
  g.lineWidth = 1.6 * ratio;
  g.lineJoin = "round";
  g.setLineDash(unit.quality === "doubtful" ? [4 * ratio, 3 * ratio] : []);
  g.beginPath();
  unit.values.forEach((value, i) => g.lineTo(xOf(i), yOf(value)));
  g.stroke();
  g.setLineDash([]);
}

// Brackets at onset and offset, a bar at either end of the amplitude, a triangle above each satellite.
function drawMarks(g, unit, xOf, yOf, height, ratio, colours) {
  const tall = Math.min(0.16 * height, 16 * ratio);
  const top = Math.max(0, yOf(0) - tall);
  g.fillStyle = colours.ink;
  for (const [at, side] of [
    [unit.onset, 1],
    [unit.offset, -1],
  ]) {
    if (at === null) continue;
    const x = Math.round(xOf(at));
    g.fillRect(x, top, ratio, yOf(0) + tall - top);
    g.fillRect(side > 0 ? x : x - 4 * ratio, top, 5 * ratio, ratio);
  }
  for (const at of extremes(unit)) {
    const y = Math.min(height - ratio, Math.max(0, yOf(unit.values[at])));
    g.fillRect(Math.round(xOf(at)) - 5 * ratio, Math.round(y), 10 * ratio, ratio);
  }
  for (const at of unit.satellites) {
    const [x, y] = [xOf(at), yOf(0) - tall];
    g.beginPath();
    g.moveTo(x, y + 6 * ratio);
    g.lineTo(x - 4 * ratio, y);
    g.lineTo(x + 4 * ratio, y);
    g.closePath();
    g.fill();
  }
}

// Where the amplitude is measured: the greatest and the least value between the marks.
function extremes({ values, onset, offset }) {
  if (onset === null || offset === null || !values.length) return [];
  let [most, least] = [onset, onset];
  for (let i = onset; i <= Math.min(offset, values.length - 1); i++) {
    if (values[i] > values[most]) most = i;
    if (values[i] < values[least]) least = i;
  }
  return [most, least];
}
