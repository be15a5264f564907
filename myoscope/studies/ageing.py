"""Young and old healthy people: what is published of age are directions, and the number of units."""

from collections.abc import Sequence

import numpy as np

from myoscope.studies.people import Job, Seen

MUSCLE = "biceps brachii"
YOUNG, OLD = (20, 35), (66, 76)
"""Years; the published loss of units is that of people of 71."""

RISES = {"duration_ms": "duration, ms", "amplitude_uv": "amplitude, uV", "turns": "turns"}
"""Howard, McGill and Dorfman 1988: these rise with age, discharge rates fall."""
ALIVE = (0.5, 0.7)
"""Fraction of the young people's units left at 71: about 0.6 (Piasecki et al. 2016)."""


def age_jobs(people: int, seed: int) -> list[Job]:
    """The young, then the old."""
    return [
        Job(MUSCLE, "healthy", (seed, 90 + number, person), ages)
        for number, ages in enumerate((YOUNG, OLD))
        for person in range(people)
    ]


def age_rows(young: Sequence[Seen], old: Sequence[Seen]) -> list[tuple[str, str, str, str, str]]:
    """Measure, young, old, what is published, verdict."""
    rows: list[tuple[str, str, str, str, str]] = []
    for measure, name in RISES.items():
        one, two = (np.mean([s.means[measure] for s in seen if measure in s.means]) for seen in (young, old))
        rows.append((name, f"{one:.3g}", f"{two:.3g}", "rises (Howard 1988)", _verdict(bool(two > one))))
    one, two = (np.mean([v for s in seen for v in s.onset_ms]) for seen in (young, old))
    rows.append(
        (
            "interval at onset, ms",
            f"{one:.0f}",
            f"{two:.0f}",
            "rises (Howard 1988)",
            _verdict(bool(two > one)),
        )
    )
    one, two = (np.mean([s.alive for s in seen]) for seen in (young, old))
    left = float(two / one)
    fine = _verdict(ALIVE[0] <= left <= ALIVE[1])
    rows.append(("units alive", f"{one:.2f}", f"{two:.2f}", "0.6 of them left at 71 (Piasecki 2016)", fine))
    return rows


def _verdict(fine: bool) -> str:
    return "OK" if fine else "outside"
