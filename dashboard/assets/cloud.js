// The turns/amplitude cloud: epochs of steady effort, logarithm of the mean amplitude against turns per second.

import { font, sheet } from "./dom.js";

const LEAST_UV = 100;
const DECADES_UV = [100, 200, 500, 1000, 2000, 5000, 10000];
const EDGES = { left: 46, right: 18, top: 8, bottom: 34 };

export function drawCloud(canvas, points, area, colours) {
  const on = sheet(canvas);
  if (!on) return;
  const { g, width, height, ratio } = on;
  const edge = Object.fromEntries(Object.entries(EDGES).map(([side, px]) => [side, px * ratio]));
  const mostTurns = Math.max(600, Math.ceil(Math.max(...points.map(([turns]) => turns), ...area.map(([turns]) => turns), 0) / 200) * 200);
  const mostUv = DECADES_UV.find((uv) => uv >= Math.max(2000, ...points.map(([, amplitude]) => amplitude))) || 10000;
  const xOf = (turns) => edge.left + (turns / mostTurns) * (width - edge.left - edge.right);
  const share = (uv) => Math.log(Math.max(uv, LEAST_UV) / LEAST_UV) / Math.log(mostUv / LEAST_UV);
  const yOf = (uv) => height - edge.bottom - share(uv) * (height - edge.bottom - edge.top);
  const line = Math.max(1, Math.round(ratio));
  g.font = font(ratio, 11);
  g.textBaseline = "middle";
  g.textAlign = "right";
  for (const uv of DECADES_UV.filter((step) => step <= mostUv)) {
    g.fillStyle = colours.grid;
    g.fillRect(edge.left, Math.round(yOf(uv)), width - edge.left - edge.right, line);
    g.fillStyle = colours.dim;
    g.fillText(uv >= 1000 ? `${uv / 1000} mV` : `${uv} µV`, edge.left - 6 * ratio, yOf(uv));
  }
  g.textAlign = "center";
  const step = xOf(200) - xOf(0) < 36 * ratio ? 400 : 200;
  for (let turns = 0; turns <= mostTurns; turns += step) {
    g.fillStyle = colours.grid;
    g.fillRect(Math.round(xOf(turns)), edge.top, line, height - edge.top - edge.bottom);
    g.fillStyle = colours.dim;
    g.fillText(turns, xOf(turns), height - edge.bottom + 10 * ratio);
  }
  g.fillText("turns per second", (edge.left + width - edge.right) / 2, height - 8 * ratio);
  g.textAlign = "left";
  g.fillText("mean amplitude (logarithmic)", edge.left + 6 * ratio, edge.top + 7 * ratio);
  drawArea(g, area, xOf, yOf, ratio, colours);
  points.forEach((point, i) => drawPoint(g, point, xOf(point[0]), yOf(point[1]), ratio, colours, i === points.length - 1));
}

// What healthy muscles do, where somebody has measured it: cut off where the axes end.
function drawArea(g, area, xOf, yOf, ratio, colours) {
  if (!area.length) return;
  g.beginPath();
  for (const [turns, uv] of area) g.lineTo(xOf(Math.max(0, turns)), yOf(uv));
  g.closePath();
  g.globalAlpha = 0.12;
  g.fillStyle = g.strokeStyle = colours.trace;
  g.fill();
  g.globalAlpha = 0.6;
  g.lineWidth = ratio;
  g.stroke();
  g.globalAlpha = 1;
}

// Outside is amber and square, inside round and filled; where nobody can say, an open ring.
function drawPoint(g, [, , inside, here], x, y, ratio, colours, newest) {
  const size = 3.4 * ratio;
  g.globalAlpha = here ? 1 : 0.5;
  g.fillStyle = g.strokeStyle = inside === false ? colours.warn : inside ? colours.trace : colours.ink;
  g.lineWidth = 1.3 * ratio;
  g.beginPath();
  if (inside === false) g.rect(x - size, y - size, 2 * size, 2 * size);
  else g.arc(x, y, size, 0, 2 * Math.PI);
  if (inside === null) g.stroke();
  else g.fill();
  g.globalAlpha = 1;
  if (!newest) return;
  g.beginPath();
  g.arc(x, y, 7 * ratio, 0, 2 * Math.PI);
  g.stroke();
}
