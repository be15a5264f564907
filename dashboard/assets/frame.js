// The binary frames of the trace, and the requests that answer them. Layout: see dashboard/wave.py.

const text = new TextDecoder();

// {header, bins}: the header as sent, the bins as one Float32Array [row][bin][value].
export function decodeFrame(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(text.decode(new Uint8Array(buffer, 4, length)));
  return { header, bins: new Float32Array(buffer, 4 + length) };
}
