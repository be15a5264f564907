// The bins of one sweep and a little more, addressed by bin number; NaN where nothing came.

export class Bins {
  constructor(header) {
    this.run = header.run;
    this.channels = header.channels;
    this.length = header.bin_samples;
    this.values = header.values_per_bin;
    this.sweep = header.about ? header.about.sweep_samples : 1;
    this.capacity = Math.ceil(this.sweep / this.length) + 2;
    this.rows = this.channels.map(() => new Float32Array(this.capacity * this.values).fill(NaN));
    this.first = header.first_bin;
    this.stop = header.first_bin;
  }

  // Take in the bins of a frame. What the frame skips stays as it was a sweep ago, hence the NaN.
  add(header, values) {
    const n = header.n_bins;
    for (let bin = this.stop; bin < header.first_bin; bin++) this.put(bin, null, 0);
    for (let i = 0; i < n; i++) this.put(header.first_bin + i, values, i, n);
    this.stop = Math.max(this.stop, header.first_bin + n);
    this.first = Math.max(this.first, this.stop - this.capacity);
  }

  put(bin, values, i, n) {
    const at = (bin % this.capacity) * this.values;
    for (let row = 0; row < this.rows.length; row++)
      for (let v = 0; v < this.values; v++)
        this.rows[row][at + v] = values ? values[(row * n + i) * this.values + v] : NaN;
  }

  // Greatest magnitude but for the most extreme few (an artefact must not set the gain); 0 without data.
  extent() {
    const sizes = [];
    for (const row of this.rows) for (const value of row) if (!Number.isNaN(value)) sizes.push(Math.abs(value));
    sizes.sort((a, b) => a - b);
    return sizes.length ? sizes[Math.floor((sizes.length - 1) * 0.9995)] : 0;
  }
}
