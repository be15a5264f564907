"""What a short script gives, as it is written down: `python -m tests.golden.patient` writes it anew.

Discharge times must be the same on every machine, samples within 0.01 uV (processors differ in the last bit of
a sine); on one processor type and lock file the samples are the same bits, which test_patient_source.py checks.
"""

import json
from pathlib import Path

import numpy as np

from simulators.patient.bank import TICKS
from simulators.patient.person import Disorder, Person
from simulators.patient.script import MuscleScript, Phase, Script
from simulators.patient.source import PatientSource

PATH = Path(__file__).parent / "patient.json"
EVERY = 97
"""Samples written down: one in so many."""

SCRIPT = Script(
    seed=20,
    patient=Person(63, "male", (Disorder("motor neuron disease", 0.5, "subacute"),)),
    muscles=(
        MuscleScript(
            "first dorsal interosseous",
            sites=1,
            phases=(Phase("insertion", 0.4), Phase("rest", 0.6), Phase("moderate", 1.0)),
            last_phases=(),
        ),
    ),
    recorder="n2001",
)


def made() -> dict[str, list[float]]:
    """Ticks of all discharges with their sources, and every 97th sample in microvolt."""
    source = PatientSource(SCRIPT)
    ticks: list[int] = []
    sources: list[int] = []
    for number in range(source.n_segments):
        segment = source.segment(number)
        ticks += (segment.first * TICKS + segment.discharges.at_ticks).tolist()
        sources += segment.discharges.source.tolist()
    samples = source.read(0, source.n_samples or 0)[::EVERY, 0]
    source.close()
    return {
        "ticks": [float(tick) for tick in ticks],
        "sources": [float(number) for number in sources],
        "samples_uv": np.round(samples.astype(np.float64), 4).tolist(),
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(made(), indent=None, separators=(",", ":")) + "\n", encoding="utf-8")
