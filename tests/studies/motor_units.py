"""How well motor units are followed, against the truth behind the virtual patient.

Run as `python -m tests.studies.motor_units`; `--write` writes docs/validation/motor-units.md, `--nothing HOURS` listens
for so long to each thing that is no muscle. One biceps of a person of each class and seed: rest, minimal and moderate
effort at one needle position, played on the bedside recorder.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import track

from processing.motor_units.tracked import TrackingEvent, UnitState
from processing.motor_units.tracking import MotorUnitTracker
from tests.studies.no_muscle import KINDS, heard
from tests.studies.tracking_scores import (
    BOTH,
    PEOPLE,
    By,
    Indices,
    Played,
    Score,
    followed,
    in_noise,
    judged,
    played,
    score,
    standing_out,
)

OUT = Path(__file__).parents[2] / "docs" / "validation" / "motor-units.md"
SEEDS = range(201, 213)
RATE_HZ = 24_000.0
"""Of the bedside recorder."""
SNRS = (20.0, 10.0, 5.0)
RATIOS = ("as made", *(f"{snr:g}" for snr in SNRS))
TOLD_RMS = 2.5
"""A unit is judged at moderate effort if its amplitude is over so many times the root mean square."""
MINIMAL, MODERATE = "minimal", "moderate"
CORES = 2
STANDING = ((0.0, 1.0), (1.0, 2.0), (2.0, float("inf")))
GOALS = {MINIMAL: (0.95, 0.90), MODERATE: (0.85, 0.75)}
"""Precision and recall."""

HEAD = """# Motor units followed, against the truth

Made by `python -m tests.studies.motor_units --write`. Seeds {first} to {last}; settings were chosen on seeds 1 to 9.
Seeds 101 to 103 were reported here before, and so were 201 to 206 while settings were still chosen on the others. Seeds
207 to 212 were played once before the last choice: recall at minimal effort was then 0.899 at a ratio of 5 by the peak
in the band, which led to looking on seeds 1 to 9 for what faint shapes need (`faint_evidence`, 12 for 16). Before that,
seeds 1 to 9 gave 0.88, 0.94 and 0.88 there as made, at 10 and at 5, and 0.80, 0.79 and 0.77 at moderate effort. So no
seed of this page was chosen on, and none was unseen.
One needle position in the biceps of a simulated person of each class: 3 s of rest, 30 s of minimal and 20 s of
moderate effort at {rate:g} Hz. Validated on simulation only.

**Signal-to-noise** is stated in two ways. By the peak in the band: the larger of the peaks of a unit's noise-free
potential between 250 Hz and 5 kHz, the band in which potentials are looked for (those of four standard deviations there
or more), over the standard deviation of the recording at rest in that band, as sorters of spikes state it.
From peak to peak: its amplitude as recorded over the standard deviation of the recording at rest. A unit at 5 from peak
to peak has peaks of two to three standard deviations, which nobody looks for. Judged are the units whose ratio in the
recording as made is at least the one in the table: at minimal effort the five largest of them, at moderate effort all
whose amplitude is over {told:g} times the root mean square of the signal there. White noise is then added until the
smallest of the judged units stands at that ratio; so a row's ratio is that of its faintest unit, and the noise is part
of the signal whose root mean square counts. "as made": nothing is added, and 5 is the least ratio. **The second way
came first; the first was added when the figures of the second were known**, and both are kept.

**Precision**: of the discharges told, those that are of the true unit that the followed one was given to (one to one,
such that most discharges meet, within 1 ms at a constant lag). At minimal effort every followed unit counts; at
moderate effort those that were given to a judged unit and those whose template is over {told:g} times the root mean
square. **Recall**: of the judged units' discharges, those that were met by the one followed unit each was given.
Goals: {goals}.

What is missed: at minimal effort, units whose peak between 250 Hz and 5 kHz is below 6 uV or four standard deviations
of the noise there (the third table), which are not born: distant ones, slow and round, of which no shape is measured
anyway; at moderate effort, units that hardly ever stand alone, in myopathy above all, and those that look alike.
Tried on seeds 1 to 6, as made: with 10 uV recall at minimal effort was 0.74 and precision 0.975, with 6 uV 0.79 and
0.952, and with 6 uV and more evidence from shapes below 10 uV 0.77 and 0.963, which was taken; moderate effort stayed
where it was. A lower edge of the band of 150, 180 or 200 Hz finds the slow units of neuropathy and motor neuron disease
better in noise, and costs recall at moderate effort and precision at minimal effort; a threshold that follows the
signal's root mean square costs recall at minimal effort. An upper edge of 4 kHz gives 0.03 to 0.06 of recall at a ratio
of 5, and takes 0.01 of precision as made (seeds 1 to 12); 3 kHz and less cost recall at moderate effort. Looking every
second for shapes that recur among what no unit explains, with the intervals deciding how near they have to be, found
no more (0.77 at minimal and 0.81 at moderate effort, with and without), and neither did taking less for the
discharges of units whose intervals are nobody's; ending such units cost more than it gave. In more than slight effort,
of which the examination knows by the phase and the study tells, a unit is known from less evidence (4 for 6; seeds 1 to
8). With 4 at minimal effort too recall there rose by 0.02 at a ratio of 10, no signal without a muscle bore a unit in
an hour, and the units of people no longer came out smaller in myopathy than in health: it was not taken, though the
seeds of this page had been played with it once.
"""


@dataclass(frozen=True)
class Followed:
    """What the tracker made of a recording up to the end of one effort."""

    told: dict[int, Indices]
    units: tuple[UnitState, ...]
    speed: float
    """Times faster than real time, one core."""
    standing: dict[int, float]
    """See `standing_out`; of minimal effort."""


class Line(NamedTuple):
    """One effort of one person in so much noise."""

    name: str
    snr: str
    by: By
    effort: str
    score: Score
    standing: dict[int, float]
    trusted: int
    speed: float


def follow(it: Played, efforts: Sequence[str]) -> Iterator[tuple[str, Followed]]:
    """The recording looked through, as it is known at the end of each of these efforts, in their order."""
    tracker = MotorUnitTracker(it.rate_hz)
    tracker.warm_up()
    events: list[TrackingEvent] = []
    first, took = 0, 0.0
    for effort in efforts:
        stop = it.phases[effort][1]
        tracker.strain(effort != MINIMAL)
        began = time.process_time()
        events += tracker.feed(it.signal[first:stop], first)
        took += time.process_time() - began
        standing = standing_out(it) if effort == MINIMAL else {}
        yield effort, Followed(followed(events), tracker.units(), stop / it.rate_hz / took, standing)
        first = stop


def rated(it: Played, effort: str, units: Sequence[int], after: Followed) -> Score:
    """One effort, with these judged."""
    if effort == MINIMAL:
        return score(it, effort, units, after.told)
    first, stop = it.phases[effort]
    least_uv = TOLD_RMS * float(np.std(it.signal[first:stop]))
    large = frozenset(state.unit for state in after.units if state.amplitude_uv > least_uv)
    return score(it, effort, units, after.told, large)


def those_judged(it: Played, effort: str, snr: float, by: By) -> list[int]:
    """The true units that are to be found."""
    return judged(it, effort, snr, by, TOLD_RMS if effort == MODERATE else 0.0)


def as_made(it: Played) -> Iterator[tuple[By, str, Score, Followed]]:
    """Both efforts, nothing added."""
    for effort, after in follow(it, (MINIMAL, MODERATE)):
        for by in BOTH:
            yield by, effort, rated(it, effort, those_judged(it, effort, SNRS[-1], by), after), after


def at_ratio(it: Played, snr: float, by: By, seed: int) -> Iterator[tuple[By, str, Score, Followed]]:
    """Each effort in so much noise that the smallest that is judged there stands at this ratio."""
    for effort in (MINIMAL, MODERATE):
        units = those_judged(it, effort, snr, by)
        if units:
            noisy = in_noise(it, units, snr, by, seed)
            units = [unit for unit in units if unit in those_judged(noisy, effort, 0.0, by)]
            efforts = (MINIMAL,) if effort == MINIMAL else (MINIMAL, MODERATE)
            *_, (_, after) = follow(noisy, efforts)
            yield by, effort, rated(noisy, effort, units, after), after


def ratios(of: Sequence[Score]) -> tuple[float, float]:
    """Precision and recall of several together; NaN without discharges."""
    told, true = sum(s.told for s in of), sum(s.true for s in of)
    precision = sum(s.met for s in of) / told if told else float("nan")
    return precision, sum(s.found for s in of) / true if true else float("nan")


def row(name: str, effort: str, snr: str, of: Sequence[Score]) -> str:
    """One line of the table."""
    precision, recall = ratios(of)
    units, discharges = sum(s.judged for s in of), sum(s.true for s in of)
    return f"| {effort} | {snr} | {name} | {precision:.3f} | {recall:.3f} | {units} | {discharges} |"


def of_one(name: str, seed: int) -> list[Line]:
    """One person and seed, in every way."""
    it = played(PEOPLE[name], seed)
    found = [("as made", each) for each in as_made(it)]
    found += [(f"{snr:g}", each) for by, snr in product(BOTH, SNRS) for each in at_ratio(it, snr, by, seed)]
    return [
        Line(name, snr, by, effort, score, after.standing, sum(u.trusted for u in after.units), after.speed)
        for snr, (by, effort, score, after) in found
    ]


def table(lines: Sequence[Line]) -> Iterator[str]:
    """One way of stating the ratio, line by line."""
    cells: dict[tuple[str, str], dict[str, list[Score]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        cells[line.effort, line.snr][line.name].append(line.score)
    yield "| effort | signal-to-noise | class | precision | recall | units judged | discharges |"
    yield "|---|---|---|---|---|---|---|"
    for effort, snr in product((MINIMAL, MODERATE), RATIOS):
        by_class = cells[effort, snr]
        for name, of in by_class.items():
            yield row(name, effort, snr, of)
        yield row("**all**", effort, snr, [each for of in by_class.values() for each in of])


def sites(lines: Sequence[Line]) -> Iterator[str]:
    """What is trusted after slight effort and how fast it was found, nothing added, line by line."""
    yield "| class | trusted units after 30 s of minimal effort, by site | times faster than real time |"
    yield "|---|---|---|"
    for name in PEOPLE:
        mine = [line for line in lines if line.name == name and line.snr == "as made"]
        of = [[line for line in mine if line.effort == effort] for effort in (MINIMAL, MODERATE)]
        speeds = ", ".join(f"{np.median([line.speed for line in each]):.0f}" for each in of)
        trusted = ", ".join(str(line.trusted) for line in of[0])
        yield f"| {name} | {trusted} | {speeds} |"
    yield (
        f"\nA discharge is told at most {1000.0 * MotorUnitTracker(RATE_HZ).latency_s:.0f} ms after its peak "
        "(of a unit that was born before; a birth looks back three seconds). Speeds are of the recording up to the end "
        "of minimal and of moderate effort, by processor time on the machine that wrote this."
    )


def seen(lines: Sequence[Line]) -> Iterator[str]:
    """Recall at minimal effort by how far a unit stands out in the band, line by line."""
    told: dict[str, list[tuple[float, int, int]]] = defaultdict(list)
    for line in lines:
        if line.effort == MINIMAL:
            told[line.snr] += [(line.standing[u], n, met) for u, n, met in line.score.by_unit]
    yield "| signal-to-noise | peak in the band over what is looked for | units | discharges | recall |"
    yield "|---|---|---|---|---|"
    for snr, units in told.items():
        for low, high in STANDING:
            inside = [(n, met) for ratio, n, met in units if low <= ratio < high]
            n, met = sum(n for n, _ in inside), sum(met for _, met in inside)
            name = f"{low:g} to {high:g}" if high < np.inf else f"{low:g} and more"
            yield f"| {snr} | {name} | {len(inside)} | {n} | {met / n if n else float('nan'):.3f} |"


def report(seeds: Sequence[int]) -> str:
    """The page."""
    goals = ", ".join(f"{p:g} and {r:g} at {effort} effort" for effort, (p, r) in GOALS.items())
    head = HEAD.format(first=seeds[0], last=seeds[-1], rate=RATE_HZ, told=TOLD_RMS, goals=goals)
    lines: list[Line] = []
    with ProcessPoolExecutor(CORES) as pool:
        waited = [pool.submit(of_one, name, seed) for seed, name in product(seeds, PEOPLE)]
        for each in track(waited, "people", console=Console(stderr=True)):
            lines += each.result()
    by = {way: [line for line in lines if line.by == way] for way in BOTH}
    parts = [
        head,
        "## By the peak in the band\n",
        *table(by["peak in the band"]),
        "\n## From peak to peak\n",
        *table(by["peak to peak"]),
        "",
        *seen(by["peak to peak"]),
        "\n## Trusted units, and speed\n",
        *sites(by["peak to peak"]),
    ]
    return "\n".join(parts) + "\n"


def listen_to_nothing(hours: float) -> bool:
    """Whether no unit was found in any kind of signal that is no muscle; prints what was."""
    silent = True
    for kind in KINDS:
        born = heard(kind, hours)
        silent = silent and not born
        print(f"{kind}: {hours:g} h, {len(born)} units {born[:5]}", flush=True)
    return silent


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {OUT}")
    parser.add_argument(
        "--seeds", type=int, nargs=2, default=(SEEDS.start, SEEDS.stop - 1), help="first, last"
    )
    parser.add_argument("--nothing", type=float, metavar="HOURS", help="what is no muscle, for so long each")
    wanted = parser.parse_args()
    if wanted.nothing is not None:
        return 0 if listen_to_nothing(wanted.nothing) else 1
    page = report(range(wanted.seeds[0], wanted.seeds[1] + 1))
    if wanted.write:
        OUT.parent.mkdir(parents=True, exist_ok=True)
        OUT.write_text(page, encoding="utf-8")
    print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
