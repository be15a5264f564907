"""How fast a virtual patient is made, and what memory it takes: `python -m tests.benchmarks.patient [HOURS]`.

One channel at 23,437.5 Hz at maximal effort with all 150 units, the hardest there is to make. Processor time of
this process, which is what one core has to give; the first seconds, in which the position is computed, apart.
"""

import resource
import sys
import time
from itertools import pairwise

from simulators.patient.person import Person
from simulators.patient.script import MuscleScript, Phase, Script
from simulators.patient.source import PatientSource

RATE_HZ = 23_437.5
STEP_S = 10.0


def peak_mb() -> float:
    """Peak resident memory of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(hours: float) -> None:
    """Print the figures."""
    phases = (Phase("maximal", 3600.0 * hours),)
    script = Script(
        patient=Person(age=20), muscles=(MuscleScript("biceps", sites=1, phases=phases, last_phases=()),)
    )
    source = PatientSource(script, rate_hz=RATE_HZ)
    began = time.process_time()
    step = round(STEP_S * RATE_HZ)
    source.read(0, step)
    print(f"position and first {STEP_S:g} s: {time.process_time() - began:.2f} s")
    steps = round(3600.0 * hours / STEP_S)
    marks = [0, *(round(steps * part) for part in (0.1, 0.5, 1.0))]
    for first, stop in pairwise(marks):
        began, made_s = time.process_time(), 0.0
        for number in range(max(1, first), stop):
            source.read(number * step, (number + 1) * step)
            made_s += STEP_S
        used_s = time.process_time() - began
        print(
            f"to {stop * STEP_S / 60:5.1f} min: {made_s / used_s:5.1f} times real time, peak {peak_mb():.0f} MB"
        )
    alive = int(source.scene_of(source.stays[0]).tissue.units.alive.sum())
    print(f"{alive} of 150 units alive at {script.patient.age} years")
    source.close()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
