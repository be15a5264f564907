"""What the browser draws of the measures: marks and samples as numbers, everything else in words.

Words are made here, where they can be tested; the browser puts them in their places.
"""

from typing import Literal

import msgspec

Quality = Literal["accepted", "trusted", "doubtful", "ended"]
"""Of a unit's template; doubtful: it may not be measured yet."""

Kind = Literal["needle", "surface", "nothing"]
"""nothing: no measures of potentials on this channel, `why` says the reason."""

Side = Literal["", "above", "below"]
"""Of the norm. Empty: inside, or nobody can say."""


class PhaseShown(msgspec.Struct, frozen=True):
    """The phase that measures go by, and who says so."""

    phase: str
    origin: str
    automatic: str
    site: int
    words: str


class RestShown(msgspec.Struct, frozen=True):
    """How long rest was watched at this site: samples that are over, and where the present rest began."""

    before: int
    since: int | None


class UnitShown(msgspec.Struct, frozen=True):
    """One motor unit in its place."""

    unit: int
    slot: int
    """Its colour."""
    place: int
    quality: Quality
    lines: tuple[str, ...]
    """Below the template: rate; amplitude and duration; phases; what keeps it from counting."""
    title: str
    """All there is to know, for whoever points at it."""
    rate_hz: float
    template: bytes
    """Little-endian float32 microvolt."""
    peak: int
    onset: int | None
    offset: int | None
    satellites: tuple[int, ...]
    """Peaks of satellites, samples of the template."""


class TrainShown(msgspec.Struct, frozen=True):
    """One line of the log of discharges at rest."""

    train: int
    kind: str
    named: bool
    """False for what is said not to be a discharge with a name of its own."""
    ended: bool
    when: str
    figures: str
    reason: str
    evidence: str
    rate_hz: float
    snippet: bytes


class GradeShown(msgspec.Struct, frozen=True):
    """A proposal of a grade for one kind of discharge."""

    kind: str
    grade: str
    found: bool
    words: str


class PointShown(msgspec.Struct, frozen=True, array_like=True):
    """One epoch in the turns/amplitude cloud."""

    turns_per_s: float
    mean_amplitude_uv: float
    in_cloud: bool | None
    here: bool
    """Of the present site."""


class RowShown(msgspec.Struct, frozen=True):
    """One line of a table beside norms."""

    name: str
    unit: str
    n: str
    mean: str
    norm: str
    z: str
    side: Side
    unverified: bool
    note: str
    now: str = ""
    """Of the newest epoch, where there is such a column."""


class LineShown(msgspec.Struct, frozen=True):
    """A statement about the muscle: a name, what is said, and on what it rests."""

    name: str
    said: str
    why: str
    outside: bool


class MuscleShown(msgspec.Struct, frozen=True):
    """The table of the muscle under the needle."""

    counts: str
    rows: tuple[RowShown, ...]
    lines: tuple[LineShown, ...]
    foot: str
    """Where the norms are from, or why there is no z-score."""


class SurfaceChannelShown(msgspec.Struct, frozen=True):
    """One channel of surface EMG."""

    label: str
    active: bool
    envelope: str
    median: str
    fatigue: str
    envelopes: tuple[float, ...]
    """Of the last minute, newest last."""
    actives: tuple[bool, ...]


class SurfaceShown(msgspec.Struct, frozen=True):
    """Surface EMG of several channels."""

    channels: tuple[SurfaceChannelShown, ...]
    more: int
    """Channels that have no place here."""
    cocontraction: tuple[str, ...]


class Empty(msgspec.Struct, frozen=True):
    """What stands in a panel that has nothing to show: what is missing, and what to do."""

    units: str
    rest: str
    epochs: str
    muscle: str


class MeasuredPicture(msgspec.Struct, frozen=True):
    """Everything beside the trace that is measured of one channel."""

    channel: int
    version: int
    kind: Kind
    why: str
    phase: PhaseShown
    rest: RestShown
    units: tuple[UnitShown, ...]
    waiting: int
    """Followed units that have no place."""
    trains: tuple[TrainShown, ...]
    grades: tuple[GradeShown, ...]
    watched: str
    points: tuple[PointShown, ...]
    area: tuple[tuple[float, float], ...]
    """Outline of the normal area, in turns per second and microvolt; empty without one."""
    cloud: str
    cloud_of: str
    """On which side of the area epochs lie, and whose area it is."""
    interference: tuple[RowShown, ...]
    muscle: MuscleShown | None
    surface: SurfaceShown | None
    empty: Empty
