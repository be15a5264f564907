"""What an electromyographer measures, as it travels: from processing to the wire, the page and the tables.

Sample indices count from the first sample of the run at the stream's own rate; stop indices are exclusive.
Microvolt in true sign (an extracellular spike is negative). What cannot be measured is None, and a reason
stands beside it. Names of discharges are those of clinical neurophysiology; the names of patterns are not
diagnoses.
"""

from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

PhaseKind = Literal["insertion", "rest", "minimal", "moderate", "maximal", "artefact", "unknown"]
"""Of the examination. unknown: not enough signal since the beginning or a gap, or between two efforts."""

PhaseOrigin = Literal["automatic", "operator"]

DischargeKind = Literal[
    "fibrillation potentials",
    "positive sharp waves",
    "fasciculation potentials",
    "end-plate noise",
    "end-plate spikes",
    "complex repetitive discharge",
    "myotonic discharge",
    "myokymic discharge",
    "neuromyotonic discharge",
    "regular motor unit discharge",
    "irregular single-fibre potentials",
    "incomplete relaxation",
    "isolated potentials",
    "artefact",
    "not named",
]
"""incomplete relaxation: voluntary units at what should be rest. isolated potentials: too few to be named.
not named: enough discharges, and no rule that fits them."""

RecruitmentGrade = Literal[
    "absent",
    "single unit",
    "severely reduced",
    "reduced",
    "normal",
    "early",
    "poor activation",
    "not assessable",
]

UnitFate = Literal["followed", "silent", "part of another unit", "merged"]


class PhaseChanged(msgspec.Struct, frozen=True, tag="phase"):
    """The phase of the examination, from `at_index` on, on one channel."""

    channel: int
    at_index: int
    phase: PhaseKind
    """That measures go by."""
    origin: PhaseOrigin
    automatic: PhaseKind
    """What was found in the signal, also where the operator's word stands above it."""
    site: int
    """Needle position in this muscle, from 1."""
    insertional_s: float | None = None
    """With the end of an insertion: how long activity outlasted the needle's movement."""


class Satellite(msgspec.Struct, frozen=True):
    """A late potential that belongs to the unit and not to its duration."""

    time_ms: float
    """Its peak, from the peak of the unit."""
    amplitude_uv: float
    """Peak to peak."""


class UnitMeasures(msgspec.Struct, frozen=True):
    """The measures of one unit's template. `docs/measurements.md` defines each."""

    amplitude_uv: float
    duration_ms: float | None
    onset_index: int
    """Marks, counted from the template's first sample."""
    offset_index: int
    peak_index: int
    phases: int
    turns: int
    polyphasic: bool
    serrated: bool
    satellites: tuple[Satellite, ...]
    rise_time_us: float | None
    area_uvms: float | None
    thickness_ms: float | None
    size_index: float | None
    spike_duration_ms: float | None
    spike_area_uvms: float | None
    jiggle_percent: float | None
    correlation: float | None
    """Of consecutive discharges."""


class Unit(msgspec.Struct, frozen=True, tag="unit"):
    """One motor unit as it is known now. Sent when it changes, once a second at most, and when it ends."""

    channel: int
    unit: int
    """From 1 within a channel; no number is given twice in a run."""
    site: int
    at_index: int
    """Of its newest discharge."""
    fate: UnitFate
    into: int
    """The unit that it turned out to be, for fate `merged`; else 0."""
    discharges: int
    rate_hz: float | None
    """1 over the median interval of its newest discharges, of whatever effort."""
    interval_cv: float | None
    averaged: int
    """Discharges in the template."""
    snr: float | None
    trusted: bool
    """Whether the template may be measured: enough discharges that stood alone, not confused with another."""
    accepted: bool
    """Whether it counts towards the muscle: trusted, whole, large and near enough."""
    flags: tuple[str, ...]
    """Why not, or what else to know."""
    not_told_from: tuple[int, ...]
    """Units that it cannot be told apart from."""
    template_rate_hz: float = 0.0
    template: bytes = b""
    """Little-endian float32 microvolt, the stream's rate, unfiltered, about its baseline; empty before there is one."""
    measures: UnitMeasures | None = None
    """None while the template is not trusted, or below 10 kHz."""
    slight_rate_hz: float | None = None
    """Rate before the effort was more than slight for the first time: that is what norms of rates are of."""

    def array(self) -> NDArray[np.float32]:
        """The template, `(n_samples,)` float32, read-only view of the message."""
        return np.frombuffer(self.template, "<f4")


class Discharges(msgspec.Struct, frozen=True, tag="discharges"):
    """Discharges of motor units that became known since the last message, in order of index."""

    channel: int
    units: tuple[int, ...]
    indices: tuple[int, ...]
    superposed: tuple[bool, ...]
    """Told apart from another potential that lies upon it."""


class RestTrain(msgspec.Struct, frozen=True, tag="spontaneous"):
    """A train of potentials at rest: named, renamed or ended. The newest message of a train holds."""

    channel: int
    train: int
    """From 1 within a channel; no number is given twice in a run."""
    site: int
    kind: DischargeKind
    first_index: int
    stop_index: int
    """After its newest discharge."""
    discharges: int | None
    """None where they cannot be counted: end-plate noise is heard as a whole, its potentials lie upon each other."""
    rate_hz: float | None
    """Of end-plate noise: that of the potentials that could be told apart, of all shapes."""
    interval_cv: float | None
    irregularity: float | None
    """Standard deviation of intervals about their own slow trend, over their mean."""
    amplitude_uv: float
    duration_ms: float | None
    phases: int | None
    watched_s: float
    """Rest that was watched at this site, up to the newest discharge."""
    ended: bool
    reason: str
    """The rule that named it, in words, with its figures."""
    evidence: Literal["validated on simulation only"] = "validated on simulation only"
    snippet_rate_hz: float = 0.0
    snippet: bytes = b""
    """Little-endian float32 microvolt: its mean potential."""

    def array(self) -> NDArray[np.float32]:
        """The snippet, `(n_samples,)` float32, read-only view of the message."""
        return np.frombuffer(self.snippet, "<f4")


class Epoch(msgspec.Struct, frozen=True, tag="epoch"):
    """The interference pattern of one epoch of stable effort."""

    channel: int
    site: int
    first_index: int
    stop_index: int
    phase: PhaseKind
    turns_per_s: float
    mean_amplitude_uv: float
    turns_amplitude_ratio: float
    small_segments_per_s: float
    activity: float
    upper_centile_amplitude_uv: float
    envelope_uv: float
    in_cloud: bool | None = None
    """Inside the normal area of turns and amplitude; None without one for this muscle."""


class Recruitment(msgspec.Struct, frozen=True):
    """How units joined in, at one or more sites of a muscle."""

    grade: RecruitmentGrade
    reason: str
    """The figures that the grade rests on, in words; and what is missing where it is not assessable."""
    units: int
    """Different units that fired together at most."""
    fastest_hz: float | None = None
    onset_hz: float | None = None
    """Slowest regular rate of the first unit."""
    recruitment_hz: float | None = None
    """Rate of the first unit as the second joined."""
    ratio: float | None = None
    """Fastest rate over number of units."""
    series: tuple[tuple[float, int, float], ...] = ()
    """Units against rate in the effort that says most: seconds of the run, units that fire, Hz of the fastest."""


class MeasureRow(msgspec.Struct, frozen=True):
    """One line of a muscle's table."""

    name: str
    """Of the registry in docs/measurements.md."""
    unit: str
    n: int
    mean: float | None
    sd: float | None
    norm_mean: float | None = None
    norm_sd: float | None = None
    z: float | None = None
    outliers_low: int | None = None
    outliers_high: int | None = None
    """Of the single values, beyond the norm's limits."""
    unverified: bool = False
    """The norm is from memory or has no source that was read: marked wherever it is shown."""
    note: str = ""
    """Where the norm is from, or why there is no z-score."""


class Grade(msgspec.Struct, frozen=True):
    """A proposal for one kind of spontaneous activity in this muscle; the examiner decides."""

    kind: DischargeKind
    grade: int
    """0 to 3, for 0 to 3+."""
    sites: int
    """With it."""
    watched_sites: int
    watched_s: float
    enough: bool
    """Whether it was watched long enough for a 0 to mean none."""
    evidence: Literal["validated on simulation only"] = "validated on simulation only"


class MuscleSummary(msgspec.Struct, frozen=True, tag="muscle"):
    """All that is known of the muscle under the needle. Sent every second in which something changed."""

    channel: int
    muscle: str | None
    side: str | None
    age: int | None
    group: str | None
    """Functional group, e.g. `proximal arm`; None without a known muscle."""
    region: str | None
    sites: int
    units_accepted: int
    units_rejected: int
    rows: tuple[MeasureRow, ...]
    recruitment: Recruitment
    epochs: int
    epochs_outside: int | None
    """Outside the normal area; None without one."""
    spontaneous: tuple[Grade, ...]
    insertional_s: float | None
    """The longest of the sites."""
    norms: str
    """Name of the table; empty without one."""
    reason: str
    """Why there are no z-scores; empty where there are."""
    epochs_above: int | None = None
    """Of those outside: larger potentials than these turns go with in health."""
    epochs_below: int | None = None
    cloud: tuple[tuple[float, float], ...] = ()
    """Outline of the normal area: turns per second, mean amplitude in microvolt; empty without one."""
    cloud_source: str = ""
    """Whose epochs it is made of; says where they are not from people."""


class SurfaceMeasures(msgspec.Struct, frozen=True, tag="surface"):
    """Surface EMG of all channels over the newest second."""

    first_index: int
    stop_index: int
    envelope_uv: tuple[float, ...]
    active: tuple[bool, ...]
    onsets: tuple[tuple[int, ...], ...]
    """Indices at which activity began in this second, by channel."""
    offsets: tuple[tuple[int, ...], ...]
    median_frequency_hz: tuple[float | None, ...]
    """None at rest."""
    fatigue_hz_per_s: tuple[float | None, ...]
    """Slope of the median frequency over the contraction so far; None before there is enough of it."""
    cocontraction: tuple[tuple[int, int, float], ...]
    """Channel, channel, index from 0 to 1."""


Measured = PhaseChanged | Unit | Discharges | RestTrain | Epoch | MuscleSummary | SurfaceMeasures
