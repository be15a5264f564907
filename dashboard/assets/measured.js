// Everything beside the trace that is measured: taken from the frames, given to the panels.

import { drawCloud } from "./cloud.js";
import { Deck } from "./deck.js";
import { by, put } from "./dom.js";
import { Phase } from "./phase.js";
import { drawRaster } from "./raster.js";
import { RestLog } from "./rest.js";
import { showSurface } from "./surface.js";
import { showInterference, showMuscle } from "./tables.js";
import { SLOTS } from "./ticks.js";
import { palette } from "./theme.js";
import { UnitCells } from "./units.js";

const ASK_EVERY_MS = 300;
const DRAW_EVERY_MS = 120;

export class Measured {
  constructor(view, scope) {
    this.view = view;
    this.scope = scope;
    this.picture = null;
    this.newest = 0;
    this.rateHz = 0;
    this.asked = 0;
    this.cells = new UnitCells(by("unit-cells"));
    this.rest = new RestLog();
    this.phase = new Phase();
    this.restyle();
    this.deck = new Deck((view) => {
      window.dash_clientside.set_props("view", { data: view });
      this.redraw();
    });
    new ResizeObserver(() => this.redraw()).observe(by("deck"));
    setInterval(() => this.tick(), DRAW_EVERY_MS);
  }

  // The version that is held, some times a second; null between, so that nothing is sent.
  wanted() {
    const now = performance.now();
    if (document.hidden || now - this.asked < ASK_EVERY_MS) return null;
    this.asked = now;
    return this.picture && this.picture.channel === this.view.channel ? this.picture.version : -1;
  }

  // Another run: nothing of the one before may stand.
  begin() {
    this.picture = null;
    this.asked = 0;
  }

  take(header) {
    this.newest = header.newest;
    if (header.about) this.rateHz = header.about.rate_hz;
    if (header.measured) this.show(header.measured);
  }

  show(picture) {
    this.picture = picture;
    if (this.scope.ticks.place(picture.channel, picture.units)) this.scope.repaint();
    document.body.dataset.kind = picture.kind;
    this.phase.take(picture.phase);
    this.deck.take(picture);
    this.cells.take(picture.units, this.view, this.colours);
    this.rest.take(picture, this.view, this.colours);
    showInterference(picture.interference, picture.cloud_of);
    showMuscle(picture.muscle, picture.kind === "needle" ? picture.empty.muscle : picture.why);
    showSurface(picture.surface, picture.why, this.colours);
    this.showEmpty(picture);
    this.showCounts(picture);
    this.redraw();
  }

  showEmpty({ kind, why, empty, units, trains, points }) {
    const nothing = kind === "nothing" ? why : "";
    put(by("empty-units"), units.length ? "" : nothing || empty.units);
    put(by("empty-rest"), trains.length ? "" : nothing || empty.rest);
    put(by("empty-epochs"), points.length ? "" : nothing || empty.epochs);
  }

  showCounts({ units, waiting, trains, points }) {
    const followed = units.filter((unit) => unit.quality !== "ended").length + waiting;
    put(by("tab-count-units"), followed ? String(followed) : "");
    put(by("tab-count-rest"), trains.length ? String(trains.length) : "");
    put(by("tab-count-epochs"), points.length ? String(points.length) : "");
  }

  note() {
    if (!this.picture) return "";
    const { waiting, cloud } = this.picture;
    const more = waiting ? ` · ${waiting} more` : "";
    return { units: this.cells.words + more, epochs: cloud }[this.deck.view] || "";
  }

  restyle() {
    this.colours = palette("trace", "grid", "axis", "dim", "warn", "panel", "ink", ...SLOTS);
    this.redraw();
  }

  // What stands still between two pictures.
  redraw() {
    if (!this.picture || !this.deck) return;
    const { view } = this.deck;
    if (view === "units") this.cells.draw(this.view, this.colours);
    if (view === "rest") this.rest.draw(this.view, this.colours);
    if (view === "epochs") drawCloud(by("cloud"), this.picture.points, this.picture.area, this.colours);
    if (view === "surface") showSurface(this.picture.surface, this.picture.why, this.colours);
    put(by("deck-note"), this.note());
    this.tick();
  }

  // What moves.
  tick() {
    if (!this.picture || !this.deck || document.hidden) return;
    this.rest.showTimer(this.newest, this.rateHz);
    if (this.deck.view !== "units") return;
    drawRaster(by("raster"), this.scope.ticks, this.picture.units, this.newest, this.rateHz, this.colours);
  }
}
