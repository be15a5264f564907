// What is drawn beside the trace: missing stretches, markers, and windows with quality flags.

const KEPT = 4096;
const LABEL_PX = 170;

export class Notes {
  constructor() {
    this.clear();
  }

  clear() {
    this.all = [];
    this.newest = 0;
    this.last = {};
  }

  restyle(colours, ratio) {
    this.colours = colours;
    this.ratio = ratio;
    this.hatch = { gap: hatch(colours.dim, ratio), flags: hatch(colours.warn, ratio) };
    this.font = `${11 * ratio}px Inter, "Segoe UI", system-ui, sans-serif`;
  }

  // Take in new notes; gives them back. The first of a run of equal flags carries the words.
  add(notes) {
    for (const note of notes) {
      this.newest = Math.max(this.newest, note.number);
      const key = `${note.kind} ${note.channel}`;
      const before = this.last[key];
      note.leads = note.kind !== "flags" || !before || before.text !== note.text || note.first_index > before.stop_index;
      this.last[key] = note;
      this.all.push(note);
    }
    if (this.all.length > KEPT) this.all.splice(0, this.all.length - KEPT);
    return notes;
  }

  // How far to the right of its beginning a note is painted, in device pixels.
  reach(note, scale) {
    const span = (note.stop_index - note.first_index) * scale + 4 * this.ratio;
    return note.leads ? Math.max(span, LABEL_PX * this.ratio) : span;
  }

  *between(scope, lap, x0, x1) {
    for (const note of this.all) {
      const x = (note.first_index - lap) * scope.scale;
      if (x < x1 && x + this.reach(note, scope.scale) > x0) yield [note, x];
    }
  }

  paintBelow(g, scope, lap, x0, x1) {
    for (const [note, x] of this.between(scope, lap, x0, x1)) {
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
    for (const [note, x] of this.between(scope, lap, x0, x1)) {
      if (note.kind === "flags") this.paintFlags(g, scope, note, x);
      else this.paintLabel(g, note, x);
    }
  }

  paintFlags(g, scope, note, x) {
    const rows = scope.bins.channels;
    const thick = (rows.length > 1 ? 4 : 7) * this.ratio;
    const width = Math.max(1, (note.stop_index - note.first_index) * scope.scale);
    rows.forEach((channel, row) => {
      if (note.channel !== null && note.channel !== channel) return;
      const y = scope.bottom(row) - thick - this.ratio;
      g.fillStyle = note.accepted ? this.colours.axis : this.hatch.flags;
      g.fillRect(x, y, width, thick);
      if (!note.leads || (note.channel === null && row < rows.length - 1)) return;
      g.fillStyle = note.accepted ? this.colours.dim : this.colours.warn;
      g.fillText(note.text.replaceAll("_", " "), x + 2 * this.ratio, y - 4 * this.ratio);
    });
  }

  paintLabel(g, note, x) {
    const gap = note.kind === "gap";
    g.fillStyle = gap ? this.colours.dim : this.colours.accent;
    if (!gap) g.fillRect(x, 0, this.ratio, 16 * this.ratio);
    g.fillText(note.text, x + 5 * this.ratio, 13 * this.ratio);
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
