// Surface EMG: every channel's envelope over the last minute, and the figures of its newest second.

import { by, keep, make, put, sheet } from "./dom.js";

const HEAD = { label: "", head: true, envelope: "envelope", median: "median frequency", fatigue: "its slope" };

export function showSurface(surface, why, colours) {
  put(by("surface-foot"), [why, surface && surface.cocontraction.length ? `Co-contraction: ${surface.cocontraction.join(", ")}.` : "", surface && surface.more ? `${surface.more} more channels.` : ""].filter(Boolean).join(" "));
  const channels = surface ? surface.channels : [];
  const head = channels.length ? [HEAD] : [];
  keep(by("surface-channels"), [...head, ...channels], (channel) => channel.label, makeChannel, fillChannel);
  const most = Math.max(1e-9, ...channels.flatMap((channel) => channel.envelopes));
  [...by("surface-channels").children].slice(1).forEach((line, i) => drawEnvelope(line.querySelector("canvas"), channels[i], most, colours));
}

function makeChannel() {
  const line = make("div", "channel");
  line.append(make("b"), make("span", "state"), make("canvas"), make("span", "figure"), make("span", "figure"), make("span", "figure"));
  return line;
}

function fillChannel(line, channel) {
  const [label, state, , envelope, median, fatigue] = line.children;
  line.classList.toggle("active", Boolean(channel.active));
  line.classList.toggle("heads", Boolean(channel.head));
  put(label, channel.label);
  put(state, channel.head ? "last minute" : channel.active ? "active" : "at rest");
  put(envelope, channel.envelope);
  put(median, channel.median);
  put(fatigue, channel.fatigue);
}

// One bar for each second, on a scale that all channels share; active seconds are filled.
function drawEnvelope(canvas, channel, most, colours) {
  const on = sheet(canvas);
  if (!on) return;
  const { g, width, height, ratio } = on;
  const wide = width / 60;
  const first = 60 - channel.envelopes.length;
  channel.envelopes.forEach((value, i) => {
    const tall = Math.max(ratio, (value / most) * (height - 2 * ratio));
    g.fillStyle = channel.actives[i] ? colours.trace : colours.axis;
    g.fillRect((first + i) * wide, height - tall, Math.max(1, wide - ratio), tall);
  });
}
