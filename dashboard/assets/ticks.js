// Discharges of motor units: ticks under the trace and lines in the raster, in the colour of the unit's place.

import { font } from "./dom.js";

const KEPT = 8192;
const ABOVE_BOTTOM = 9;
const TALL = 11;
const LANE = 24;
const NAME_PX = 14;
export const SLOTS = ["unit-0", "unit-1", "unit-2", "unit-3", "unit-4", "unit-5", "unit-6", "unit-7"];

export class Ticks {
  constructor() {
    this.slots = new Map();
    this.channel = 0;
    this.clear();
  }

  clear() {
    this.all = [];
    this.newest = 0;
    this.firing = new Set();
    this.begun = 0;
  }

  // Discharges before this index were somebody else's. True when some leave that are drawn already.
  begin(index) {
    if (index === this.begun) return false;
    this.begun = index;
    const held = this.all.length;
    this.all = this.all.filter((tick) => tick.index >= index);
    return this.all.length < held;
  }

  // Arrays as they travel: number, channel, unit, index, superposed, and the number of the one it replaces.
  // `room`: samples that a number needs beside the one before.
  add(fresh, room) {
    const taken = fresh.map(([number, channel, unit, index, superposed, instead]) => ({ number, channel, unit, index, superposed, instead }));
    const gone = new Set(taken.map((tick) => tick.instead));
    const replaced = new Map(this.all.filter((tick) => gone.has(tick.number)).map((tick) => [tick.number, tick]));
    if (replaced.size) this.all = this.all.filter((tick) => !gone.has(tick.number));
    for (const tick of taken) {
      this.newest = Math.max(this.newest, tick.number);
      const before = replaced.get(tick.instead);
      tick.named = before ? before.named : !this.crowded(tick, taken, room);
      this.firing.add(tick.channel);
    }
    this.all.push(...taken);
    if (this.all.length > KEPT) this.all.splice(0, this.all.length - KEPT);
    return taken;
  }

  // Whether a number stands so near that this one would be written over it: discharges become known in any order.
  crowded(tick, fresh, room) {
    const near = (other) => other.named && other.channel === tick.channel && Math.abs(other.index - tick.index) < room;
    return fresh.some(near) || this.all.some(near);
  }

  // Which place each unit of the channel has. True when a colour changed that is drawn already.
  place(channel, units) {
    const before = [...this.slots].join();
    this.channel = channel;
    this.slots = new Map(units.map(({ unit, slot }) => [unit, slot]));
    return [...this.slots].join() !== before;
  }

  role(tick) {
    const slot = tick.channel === this.channel ? this.slots.get(tick.unit) : undefined;
    return slot === undefined ? "dim" : SLOTS[slot];
  }

  paint(g, scope, lap, x0, x1) {
    const { ratio, scale, colours } = scope;
    const slack = NAME_PX * ratio;
    g.font = font(ratio, 10);
    g.textAlign = "left";
    scope.bins.channels.forEach((channel, row) => {
      const bottom = scope.bottom(row) - ABOVE_BOTTOM * ratio;
      const ticks = this.between(channel, lap, scope, x0 - slack, x1 + slack);
      // A strong signal reaches down here: the ticks keep a ground of their own.
      g.globalAlpha = 0.7;
      g.fillStyle = colours.panel;
      if (this.firing.has(channel)) g.fillRect(x0, bottom - LANE * ratio, x1 - x0, (LANE + 3) * ratio);
      g.globalAlpha = 1;
      for (const tick of ticks) {
        const x = (tick.index - lap) * scale;
        g.fillStyle = colours[this.role(tick)];
        g.globalAlpha = tick.superposed ? 0.55 : 1;
        g.fillRect(x - ratio, bottom - TALL * ratio, 2.5 * ratio, TALL * ratio);
        g.globalAlpha = 1;
        if (tick.named) g.fillText(tick.unit, x - 2.5 * ratio, bottom - (TALL + 2.5) * ratio);
      }
    });
  }

  room(scope) {
    return (NAME_PX * scope.ratio) / scope.scale;
  }

  between(channel, lap, scope, x0, x1) {
    const from = lap + Math.max(0, x0) / scope.scale;
    const to = lap + Math.min(scope.width, x1) / scope.scale;
    return this.all.filter((t) => t.channel === channel && t.index >= from && t.index < to);
  }
}
