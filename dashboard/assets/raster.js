// Firing of the motor units over the last ten seconds: one line for each place, newest at the right.

import { font, sheet } from "./dom.js";
import { SLOTS } from "./ticks.js";

const SECONDS = 10;
const FEWEST_ROWS = 4;
const LABEL_PX = 24;

export function drawRaster(canvas, ticks, units, newest, rateHz, colours) {
  const on = sheet(canvas);
  if (!on || !rateHz) return;
  const { g, width, height, ratio } = on;
  const left = LABEL_PX * ratio;
  const perSample = (width - left - 4 * ratio) / (SECONDS * rateHz);
  const xOf = (index) => width - 4 * ratio - (newest - index) * perSample;
  const rows = Math.max(FEWEST_ROWS, ...units.map((unit) => unit.place + 1));
  const pitch = height / rows;
  const tall = Math.min(0.62 * pitch, 40 * ratio);
  g.fillStyle = colours.grid;
  for (let s = 0; s <= SECONDS; s++) g.fillRect(Math.round(xOf(newest - s * rateHz)), 0, Math.max(1, ratio), height);
  g.font = font(ratio, 11);
  g.textBaseline = "middle";
  for (const unit of units) {
    const y = (unit.place + 0.5) * pitch;
    g.fillStyle = colours[SLOTS[unit.slot]];
    const faint = unit.quality === "ended" ? 0.45 : 1;
    g.globalAlpha = faint;
    g.fillText(unit.unit, 6 * ratio, y);
    for (const tick of ticks.all) {
      if (tick.unit !== unit.unit || tick.channel !== ticks.channel) continue;
      const x = xOf(tick.index);
      if (x < left) continue;
      g.globalAlpha = (tick.superposed ? 0.55 : 1) * faint;
      g.fillRect(Math.round(x), y - tall / 2, Math.round(1.4 * ratio), tall);
    }
    g.globalAlpha = 1;
  }
}
