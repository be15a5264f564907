"""A device for benchmarks: pushes chunks on time and writes down when.

`python -m tests.benchmarks.paced_outlet NAME CHANNELS RATE CHUNK SECONDS OUT.npy`. Channel 0 carries the sample
index. OUT: rows (index of the chunk's last sample, time of its push), LSL clock.
"""

import sys
import time

import numpy as np
import pylsl


def main() -> None:
    name, n_channels, rate_hz, chunk, seconds, out = sys.argv[1:]
    n, size, rate = int(n_channels), int(chunk), float(rate_hz)
    info = pylsl.StreamInfo(name, "EMG", n, rate, pylsl.cf_float32, name)
    channels = info.desc().append_child("channels")
    for i in range(n):
        channel = channels.append_child("channel")
        channel.append_child_value("label", f"EMG{i + 1}")
        channel.append_child_value("unit", "microvolts")
        channel.append_child_value("type", "EMG")
    outlet = pylsl.StreamOutlet(info, size, 60)
    deadline = time.monotonic() + 60
    while not outlet.have_consumers() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(1.0)  # the consumer is there; let it settle before the clock starts
    noise = (np.random.default_rng(0).standard_normal((size, n)) * 50).astype(np.float32)
    pushes = np.zeros((int(float(seconds) * rate) // size, 2))
    begin = pylsl.local_clock()
    for k in range(len(pushes)):
        block = noise.copy()
        block[:, 0] = np.arange(k * size, (k + 1) * size)
        due = begin + (k + 1) * size / rate
        while (early := due - pylsl.local_clock()) > 0:
            time.sleep(early - 0.001 if early > 0.0015 else 0.0)
        pushes[k] = (k + 1) * size - 1, pylsl.local_clock()
        outlet.push_chunk(block, pushes[k, 1])
    if out != "/dev/null":
        np.save(out, pushes)
    time.sleep(2.0)


if __name__ == "__main__":
    main()
