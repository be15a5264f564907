// The running trace: a free-running sweep, drawn where it was measured and overwritten a sweep later.
//
// Only what is new is painted: the strip between the old head and the new one, and the gap ahead of it. The
// picture elsewhere stands still, which is calm for the eye and quiet for the machine.

import { palette } from "./theme.js";
import { N_DIVISIONS_DOWN } from "./view.js";
import { Notes, UNIT_COLOURS } from "./notes.js";
import { SLOTS, Ticks } from "./ticks.js";

const N_DIVISIONS = 10;
const GAP_AHEAD = 0.02;

export class Scope {
  constructor(screen, view) {
    this.view = view;
    this.screen = screen;
    this.grid = screen.querySelector("#grid");
    this.canvas = screen.querySelector("#trace");
    this.bins = null;
    this.notes = new Notes();
    this.ticks = new Ticks();
    this.head = 0;
    this.labels = [];
    this.resized();
  }

  // Sizes in device pixels, so that lines are as fine as the screen allows. True when they changed.
  resized() {
    const ratio = window.devicePixelRatio || 1;
    const box = this.screen.getBoundingClientRect();
    const width = Math.max(16, Math.round(box.width * ratio));
    const height = Math.max(16, Math.round(box.height * ratio));
    if (this.width === width && this.height === height && this.ratio === ratio) return false;
    Object.assign(this, { width, height, ratio });
    for (const canvas of [this.grid, this.canvas]) Object.assign(canvas, { width, height });
    this.restyle();
    return true;
  }

  restyle() {
    this.colours = palette("trace", "grid", "axis", "dim", "warn", "fault", "panel", "accent", "ink", ...UNIT_COLOURS, ...SLOTS);
    this.notes.restyle(this.colours, this.ratio);
    this.drawGrid();
    this.repaint();
  }

  showTruth(shown) {
    this.notes.truthShown = shown;
    this.screen.classList.toggle("with-truth", shown);
    this.repaint();
  }

  begin(bins, labels) {
    this.bins = bins;
    this.labels = labels;
    this.notes.clear();
    this.ticks.clear();
    this.drawGrid();
  }

  // After new bins: paint from the old head to the new one, and clear the way ahead.
  advance(fresh, ticks) {
    const stop = this.bins.stop * this.bins.length;
    if (stop - this.head >= this.bins.sweep || stop < this.head) {
      this.head = stop;
      this.repaint();
      return;
    }
    const from = this.xAt(this.head);
    this.head = stop;
    this.paintRound(from - 3 * this.ratio, this.xAt(stop) + this.gap);
    for (const note of fresh) {
      const x = this.xAt(note.first_index);
      const [before, after] = this.notes.reach(note, this.scale);
      this.paintRound(x - before, x + after);
    }
    if (!ticks.length) return;
    // Discharges become known some tenths of a second late, many at a time: one strip for all of them.
    const [first, last] = extent(ticks.map((tick) => tick.index));
    this.paintRound(this.xAt(first) - 4 * this.ratio, this.xAt(first) + (last - first) * this.scale + 16 * this.ratio);
  }

  repaint() {
    if (!this.bins) return this.context().clearRect(0, 0, this.width, this.height);
    this.head = this.bins.stop * this.bins.length;
    this.paint(0, this.width);
  }

  get gap() {
    return Math.round(this.width * GAP_AHEAD);
  }

  get scale() {
    return this.width / this.bins.sweep;
  }

  xAt(index) {
    return (((index % this.bins.sweep) + this.bins.sweep) % this.bins.sweep) * this.scale;
  }

  // From one place to another along the sweep, round the right edge where needed.
  paintRound(from, to) {
    const a = Math.floor(from);
    const b = Math.ceil(to);
    if (b < a) {
      this.paint(Math.max(0, a), this.width);
      this.paint(0, b);
      return;
    }
    this.paint(Math.max(0, a), Math.min(this.width, b));
    if (a < 0) this.paint(this.width + a, this.width);
    if (b > this.width) this.paint(0, b - this.width);
  }

  // Everything between two columns: this lap up to the head, the last lap beyond the gap.
  paint(x0, x1) {
    const g = this.context();
    g.clearRect(x0, 0, x1 - x0, this.height);
    const lap = Math.floor(this.head / this.bins.sweep) * this.bins.sweep;
    const head = Math.round((this.head - lap) * this.scale);
    this.paintLap(g, lap, x0, Math.min(x1, head));
    this.paintLap(g, lap - this.bins.sweep, Math.max(x0, head + this.gap), x1);
    if (head >= x0 && head <= x1) {
      g.fillStyle = this.colours.axis;
      g.fillRect(head + this.ratio, 0, Math.max(1, this.ratio), this.height);
    }
    // The gap wraps with the head: its part at the left edge belongs to nobody yet.
    const over = head + this.gap - this.width;
    if (over > 0) g.clearRect(0, 0, over, this.height);
  }

  paintLap(g, lap, x0, x1) {
    if (x1 <= x0) return;
    g.save();
    g.beginPath();
    g.rect(x0, 0, x1 - x0, this.height);
    g.clip();
    const first = Math.max(this.bins.first, Math.floor((lap + x0 / this.scale) / this.bins.length) - 2);
    const stop = Math.min(this.bins.stop, Math.ceil((lap + x1 / this.scale) / this.bins.length) + 2);
    this.notes.paintBelow(g, this, lap, x0, x1);
    g.strokeStyle = this.colours.trace;
    g.lineWidth = (this.bins.rows.length > 4 ? 1 : 1.25) * this.ratio;
    g.lineJoin = "bevel";
    for (let row = 0; row < this.bins.rows.length; row++) this.strokeRow(g, row, lap, first, stop);
    this.ticks.paint(g, this, lap, x0, x1);
    this.notes.paintAbove(g, this, lap, x0, x1);
    g.restore();
  }

  strokeRow(g, row, lap, first, stop) {
    const { length, values, capacity, rows } = this.bins;
    const data = rows[row];
    const middle = this.middle(row);
    const perUnit = ((this.view.negativeUp ? 1 : -1) * this.division) / this.view.gain;
    let pen = false;
    let last = 0;
    g.beginPath();
    for (let bin = first; bin < stop; bin++) {
      const at = (bin % capacity) * values;
      const low = middle + data[at] * perUnit;
      if (Number.isNaN(low)) {
        pen = false;
        continue;
      }
      const x = (bin * length + length / 2 - lap) * this.scale;
      const high = values === 2 ? middle + data[at + 1] * perUnit : low;
      const [near, far] = pen && Math.abs(high - last) < Math.abs(low - last) ? [high, low] : [low, high];
      pen ? g.lineTo(x, near) : g.moveTo(x, near);
      if (values === 2) g.lineTo(x, far);
      else if (!pen) g.lineTo(x + 0.5, near);
      pen = true;
      last = far;
    }
    g.stroke();
  }

  get division() {
    return this.height / N_DIVISIONS_DOWN;
  }

  middle(row) {
    return (this.height * (row + 0.5)) / Math.max(1, this.bins.rows.length);
  }

  bottom(row) {
    return (this.height * (row + 1)) / Math.max(1, this.bins.rows.length);
  }

  context() {
    return this.canvas.getContext("2d");
  }

  drawGrid() {
    const g = this.grid.getContext("2d");
    const line = Math.max(1, Math.round(this.ratio));
    const rows = this.bins ? this.bins.rows.length : 1;
    g.clearRect(0, 0, this.width, this.height);
    g.fillStyle = this.colours.grid;
    for (let i = 1; i < N_DIVISIONS; i++) g.fillRect(Math.round((i * this.width) / N_DIVISIONS), 0, line, this.height);
    for (let j = 1; j < N_DIVISIONS_DOWN; j++) g.fillRect(0, Math.round(j * this.division), this.width, line);
    for (let row = 0; row < rows; row++) {
      const y = Math.round((this.height * (row + 0.5)) / rows);
      g.fillStyle = this.colours.axis;
      g.fillRect(0, y, this.width, line);
    }
    this.nameRows(rows);
  }

  // Names stand above the trace, which would otherwise run through them. One row needs none.
  nameRows(rows) {
    const names = rows > 1 ? this.labels : [];
    const spans = names.map((name, row) => {
      const span = Object.assign(document.createElement("span"), { textContent: name });
      span.style.top = `${(100 * (row + 0.5)) / rows}%`;
      return span;
    });
    this.screen.querySelector("#row-labels").replaceChildren(...spans);
  }
}

function extent(values) {
  return [Math.min(...values), Math.max(...values)];
}
