// What is drawn beside the trace: missing stretches, markers, windows with quality flags, and on request what a
// virtual patient knows of its own discharges.

const KEPT = 4096;
const LABEL_PX = 170;
const LABEL_ROWS = 4;
const UNIT = /^motor unit (\d+)$/;
export const UNIT_COLOURS = ["class-0", "class-1", "class-2", "class-3", "class-4", "class-5", "class-6", "class-7"];

export class Notes {
  constructor() {
    this.truthShown = false;
    this.clear();
  }

  clear() {
    this.all = [];
    this.truth = []; // apart: thousands a second at full effort, and mostly not to be shown
    this.newest = 0;
    this.last = {};
    this.namedUpTo = 0;
    this.rows = []; // where the labels end that were written last, line below line
  }

  restyle(colours, ratio) {
    this.colours = colours;
    this.ratio = ratio;
    this.hatch = { gap: hatch(colours.dim, ratio), flags: hatch(colours.warn, ratio) };
    this.font = `${11 * ratio}px Inter, "Segoe UI", system-ui, sans-serif`;
  }

  // Take in new notes; gives them back. The first of a run of equal flags carries the words, in every sweep.
  add(notes, sweep, scale) {
    const lap = (n) => Math.floor(n.first_index / sweep);
    for (const note of notes) {
      this.newest = Math.max(this.newest, note.number);
      (note.kind === "truth" ? this.truth : this.all).push(note);
      if (note.kind === "truth") {
        note.leads = this.hasRoom(note, lap, scale);
        continue;
      }
      note.row = note.kind === "flags" ? 0 : this.rowFor(note, scale);
      const key = `${note.kind} ${note.channel}`;
      const before = this.last[key];
      const goesOn = before && before.text === note.text && note.first_index <= before.stop_index;
      note.leads = note.kind !== "flags" || !goesOn || lap(before) !== lap(note);
      this.last[key] = note;
    }
    for (const held of [this.all, this.truth]) if (held.length > KEPT) held.splice(0, held.length - KEPT);
    return this.truthShown ? notes : notes.filter((note) => note.kind !== "truth");
  }

  // A source is named once in every sweep, where the name before leaves room.
  hasRoom(note, lap, scale) {
    const named = this.last[note.text];
    if (named && lap(named) === lap(note)) return false;
    if (note.first_index < this.namedUpTo) return false;
    const width = 12 + 7 * (UNIT.test(note.text) ? note.text.length - "motor unit ".length : note.text.length);
    this.namedUpTo = note.first_index + (width * this.ratio) / scale;
    this.last[note.text] = note;
    return true;
  }

  // Labels that would lie upon each other stand one below the other: the first line that has room, else the last one.
  rowFor(note, scale) {
    const free = this.rows.findIndex((end) => end <= note.first_index);
    const row = free >= 0 ? free : Math.min(this.rows.length, LABEL_ROWS - 1);
    this.rows[row] = note.first_index + ((12 + 7 * note.text.length) * this.ratio) / scale;
    return row;
  }

  // How far a note is painted to either side of its beginning, in device pixels.
  reach(note, scale) {
    const span = (note.stop_index - note.first_index) * scale + 4 * this.ratio;
    const label = note.leads ? LABEL_PX * this.ratio : 4 * this.ratio;
    return [label, Math.max(span, label)];
  }

  *between(held, scope, lap, x0, x1) {
    for (const note of held) {
      const x = (note.first_index - lap) * scope.scale;
      const [before, after] = this.reach(note, scope.scale);
      if (x - before < x1 && x + after > x0) yield [note, x];
    }
  }

  paintBelow(g, scope, lap, x0, x1) {
    for (const [note, x] of this.between(this.all, scope, lap, x0, x1)) {
      if (note.kind !== "gap") continue;
      const width = Math.max(4 * this.ratio, (note.stop_index - note.first_index) * scope.scale);
      g.fillStyle = this.hatch.gap;
      g.fillRect(x, 0, width, scope.height);
      g.fillStyle = this.colours.dim;
      g.fillRect(x, 0, this.ratio, scope.height);
      g.fillRect(x + width - this.ratio, 0, this.ratio, scope.height);
    }
  }

  paintAbove(g, scope, lap, x0, x1) {
    g.font = this.font;
    for (const [note, x] of this.between(this.all, scope, lap, x0, x1)) {
      if (note.kind === "flags") this.paintFlags(g, scope, note, x);
      else this.paintLabel(g, scope, note, x);
    }
    if (!this.truthShown) return;
    for (const [note, x] of this.between(this.truth, scope, lap, x0, x1)) this.paintDischarge(g, scope, note, x);
  }

  paintFlags(g, scope, note, x) {
    const rows = scope.bins.channels;
    const thick = (rows.length > 1 ? 4 : 6) * this.ratio;
    const width = Math.max(1, (note.stop_index - note.first_index) * scope.scale);
    rows.forEach((channel, row) => {
      if (note.channel !== null && note.channel !== channel) return;
      const y = scope.bottom(row) - thick - this.ratio;
      g.fillStyle = note.accepted ? this.colours.axis : this.hatch.flags;
      g.fillRect(x, y, width, thick);
      if (!note.leads || (note.channel === null && row < rows.length - 1)) return;
      this.write(g, scope, note.text, x + 2 * this.ratio, y - 5 * this.ratio, note.accepted ? "dim" : "warn");
    });
  }

  // A tick in the colour of its motor unit, which has a number; other sources have words.
  paintDischarge(g, scope, note, x) {
    const unit = UNIT.exec(note.text);
    const role = unit ? UNIT_COLOURS[unit[1] % UNIT_COLOURS.length] : "ink";
    const y = scope.height - 46 * this.ratio;
    g.fillStyle = this.colours[role];
    g.fillRect(x, y, 2 * this.ratio, 14 * this.ratio);
    if (note.leads) this.write(g, scope, unit ? unit[1] : note.text, x + 5 * this.ratio, y - 3 * this.ratio, role);
  }

  paintLabel(g, scope, note, x) {
    const gap = note.kind === "gap";
    g.fillStyle = this.colours.accent;
    if (!gap) g.fillRect(x, 0, this.ratio, scope.height);
    this.write(g, scope, note.text, x + 6 * this.ratio, (16 + 17 * note.row) * this.ratio, gap ? "ink" : "accent");
  }

  // Text on a ground of its own, kept inside the right edge; none where the note begins in another lap.
  write(g, scope, text, x, y, role) {
    if (x < 0 || x >= scope.width) return;
    const pad = 3 * this.ratio;
    const width = g.measureText(text).width;
    const left = Math.min(x, scope.width - width - 2 * pad);
    g.fillStyle = this.colours.panel;
    g.fillRect(left - pad, y - 12 * this.ratio, width + 2 * pad, 16 * this.ratio);
    g.fillStyle = this.colours[role];
    g.fillText(text, left, y);
  }
}

// Diagonal lines, anchored to the canvas, so that strips painted one after the other join.
function hatch(colour, ratio) {
  const size = Math.round(8 * ratio);
  const tile = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const g = tile.getContext("2d");
  g.strokeStyle = colour;
  g.lineWidth = 1.5 * ratio;
  g.beginPath();
  for (const shift of [-size, 0, size]) {
    g.moveTo(shift, size);
    g.lineTo(shift + size, 0);
  }
  g.stroke();
  return g.createPattern(tile, "repeat");
}
