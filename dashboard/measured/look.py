"""The picture of one channel's examination at one moment."""

from contracts.measured import PhaseChanged, RestTrain
from contracts.wire import StreamStart
from dashboard.measured.channel import ChannelExamination
from dashboard.measured.memory import MeasuredMemory
from dashboard.measured.muscle_words import (
    area_words,
    cloud_words,
    grade_shown,
    interference_shown,
    muscle_shown,
    points,
    watched_words,
)
from dashboard.measured.picture import Empty, Kind, MeasuredPicture, PhaseShown, RestShown
from dashboard.measured.surface_words import surface_shown
from dashboard.measured.unit_words import UNNAMED, train_shown, unit_shown

UNIT_RATE_HZ = 10_000.0
"""Below it no potential of a motor unit is measured: its sharpest parts would be missing."""

NOTHING = "nothing is measured"
NOT_MEASURED = ("taken as surface", NOTHING, "motor units are followed on")
"""How a run's notes begin that say why potentials are not measured."""


def measured_picture(memory: MeasuredMemory, start: StreamStart, channel: int) -> MeasuredPicture:
    """What is known of `channel` now."""
    held = memory.channel(channel)
    labels = [c.label for c in start.channels if c.role == "emg"]
    kind = _kind(memory, start, held)
    site = held.phase.site if held.phase is not None else 1
    epochs = list(held.epochs)
    grades = held.muscle.spontaneous if held.muscle is not None else ()
    return MeasuredPicture(
        channel=channel,
        version=memory.version(channel),
        kind=kind,
        why=_why(start, kind),
        phase=phase_shown(held.phase),
        rest=RestShown(held.rest_before, held.rest_since),
        units=tuple(unit_shown(unit) for unit in held.units.shown()),
        waiting=held.units.waiting(),
        trains=tuple(train_shown(train, start.rate_hz) for train in sorted(held.trains.values(), key=_place)),
        grades=tuple(grade_shown(grade) for grade in grades),
        watched=watched_words(grades),
        points=points(epochs, site),
        area=held.muscle.cloud if held.muscle is not None else (),
        cloud=cloud_words(held.muscle, len(epochs)),
        cloud_of=area_words(held.muscle),
        interference=interference_shown(held.muscle, epochs[-1] if epochs else None),
        muscle=muscle_shown(held.muscle) if held.muscle is not None else None,
        surface=surface_shown(memory.surface, labels, channel),
        empty=_empty(memory, held),
    )


def phase_shown(change: PhaseChanged | None) -> PhaseShown:
    """The phase, and who says so."""
    if change is None:
        return PhaseShown("unknown", "automatic", "unknown", 1, "not found yet")
    if change.origin == "operator":
        found = "signal agrees" if change.automatic == change.phase else f"signal: {change.automatic}"
        words = f"set by you · {found}"
    else:
        words = {"unknown": "not found yet", "artefact": "artefact"}.get(change.phase, "from the signal")
    return PhaseShown(change.phase, change.origin, change.automatic, change.site, words)


def _place(train: RestTrain) -> tuple[bool, bool, int]:
    """Who fires stands above who has ended, who has a name above who has none; the newest train first."""
    return train.ended, train.kind in UNNAMED, -train.train


def _kind(memory: MeasuredMemory, start: StreamStart, held: ChannelExamination) -> Kind:
    said = _said(start)
    slow = start.rate_hz < UNIT_RATE_HZ and not held.version
    if memory.surface or (slow and not said.startswith(NOTHING)):
        return "surface"
    return "nothing" if said and held.phase is None else "needle"


def _said(start: StreamStart) -> str:
    """The run's own words on what is not measured."""
    return next((note for note in start.notes if note.startswith(NOT_MEASURED)), "")


def _why(start: StreamStart, kind: Kind) -> str:
    """Why no motor units are measured; empty where they are."""
    if kind == "needle":
        return ""
    said = _said(start) or (
        f"no motor units are measured: that needs {UNIT_RATE_HZ / 1_000:g} kHz, and this stream has "
        f"{start.rate_hz:g} Hz"
    )
    return f"{said[:1].upper()}{said[1:]}."


def _empty(memory: MeasuredMemory, held: ChannelExamination) -> Empty:
    if not memory.any:
        nothing = (
            "This run has told of no measures yet. It does within seconds of signal, if it measures at all."
        )
        return Empty(nothing, nothing, nothing, nothing)
    phase = held.phase.phase if held.phase is not None else "unknown"
    units = {
        "rest": "At rest. Motor units are followed during effort: ask for the slightest contraction.",
        "insertion": "The needle moves. Motor units are followed once it is still and the patient makes an effort.",
        "artefact": "Artefact. Nothing is measured until the signal is clean: check electrode and ground.",
        "unknown": "The phase is not known yet. Motor units are followed during effort.",
        "maximal": "At maximal effort single units cannot be told apart. See the interference pattern.",
    }.get(phase, "No unit is known yet. Keep the effort slight and steady.")
    rest = (
        "Nothing fires at rest so far."
        if phase == "rest"
        else "No discharge was seen at rest. Rest is watched once the muscle is relaxed and the needle is still."
    )
    epochs = "No epoch yet. One needs a second of steady effort; twenty, of different force and site, fill the cloud."
    muscle = "Nothing is measured of this muscle yet. Its table begins with rest, or with the first units."
    return Empty(units, rest, epochs, muscle)
