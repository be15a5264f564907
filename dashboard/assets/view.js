// How the person wants to see the trace: gain, sweep, polarity, channels. Kept in this browser.

export const SWEEPS_S = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
const GAINS = {
  uV: [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000],
  counts: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000],
};
const KEY = "myoscope.view";
export const N_DIVISIONS_DOWN = 8;
const ROWS = 8;

export function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) || {};
  } catch {
    return {};
  }
}

export class View {
  constructor() {
    const held = stored();
    this.sweep = SWEEPS_S.includes(held.sweep) ? held.sweep : null;
    this.gains = held.gains || {};
    this.negativeUp = held.negativeUp !== false;
    this.theme = held.theme;
    this.unit = "uV";
    this.channels = [0];
    this.channel = 0;
    this.frozen = false;
  }

  save() {
    const { sweep, gains, negativeUp, theme } = this;
    localStorage.setItem(KEY, JSON.stringify({ sweep, gains, negativeUp, theme }));
  }

  get gain() {
    return this.gains[this.unit] || (this.unit !== "uV" ? 20 : this.channels.length > 1 ? 500 : 200);
  }

  // Slow signals deserve a slower sweep than the 100 ms per division of needle EMG.
  sweepFor(rateHz) {
    return this.sweep || (rateHz && rateHz < 1000 ? 0.5 : 0.1);
  }

  stepGain(by) {
    const steps = GAINS[this.unit];
    const at = steps.indexOf(this.gain) + by;
    this.gains[this.unit] = steps[Math.min(steps.length - 1, Math.max(0, at))];
    this.save();
  }

  stepSweep(by, rateHz) {
    const at = SWEEPS_S.indexOf(this.sweepFor(rateHz)) + by;
    this.sweep = SWEEPS_S[Math.min(SWEEPS_S.length - 1, Math.max(0, at))];
    this.save();
  }

  // The least gain step at which a signal of this extent stays on its row, or nearly.
  fit(extent) {
    const room = Math.max(0.7, (0.85 * N_DIVISIONS_DOWN) / 2 / this.channels.length);
    const steps = GAINS[this.unit];
    this.gains[this.unit] = steps.find((step) => extent <= step * room) || steps[steps.length - 1];
    this.save();
  }

  // Microvolt begins at the 200 per division of clinical practice; what a count is worth nobody knows.
  get wantsFit() {
    return this.unit !== "uV" && !(this.unit in this.gains);
  }

  // Every way to look at n channels: stacks of up to eight, then each alone.
  choices(labels) {
    const all = [];
    if (labels.length > 1)
      for (let first = 0; first < labels.length; first += ROWS) {
        const group = labels.map((_, i) => i).slice(first, first + ROWS);
        all.push({ name: labels.length <= ROWS ? "all channels" : `${labels[first]} … ${labels[group[group.length - 1]]}`, channels: group });
      }
    labels.forEach((name, i) => all.push({ name, channels: [i] }));
    return all;
  }
}

export function gainWords(gain, unit) {
  if (unit !== "uV") return `${gain} ${unit}/div`;
  return gain >= 1000 ? `${gain / 1000} mV/div` : `${gain} µV/div`;
}

export function sweepWords(seconds) {
  return seconds >= 1 ? `${seconds} s/div` : `${Math.round(seconds * 1000)} ms/div`;
}
