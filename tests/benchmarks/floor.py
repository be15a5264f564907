"""The least that could be done: pylsl to numpy, RMS of a window, ZeroMQ. What latency is compared with.

`python -m tests.benchmarks.floor NAME WINDOW HOP PORT SECONDS`. Sends the index in channel 0 of the window's
last sample as a float64.
"""

import struct
import sys
import time

import numpy as np
import pylsl
import zmq


def main() -> None:
    name, window, hop, port, seconds = sys.argv[1], *map(int, sys.argv[2:5]), float(sys.argv[5])
    socket = zmq.Context().socket(zmq.PUB)
    socket.bind(f"tcp://127.0.0.1:{port}")
    found = pylsl.resolve_byprop("name", name, timeout=20)
    inlet = pylsl.StreamInlet(found[0], max_buflen=60)
    n = inlet.channel_count
    inlet.open_stream()
    ring = np.zeros((window, n), np.float32)
    filled = since = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        samples, stamps = inlet.pull_chunk(timeout=0.2, min_samples=1, as_numpy=True)
        at = 0
        while samples is not None and at < len(stamps):
            take = min(len(stamps) - at, hop - since)
            ring[:-take] = ring[take:]
            ring[-take:] = samples[at : at + take]
            at, filled, since = at + take, filled + take, since + take
            if since == hop:
                since = 0
                if filled >= window:
                    rms = np.sqrt((ring**2).mean(axis=0))
                    socket.send(struct.pack("<d", float(ring[-1, 0])) + rms.tobytes())


if __name__ == "__main__":
    main()
