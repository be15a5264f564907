"""What really happened, as annotations beside the signal and as tables beside the file."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from acquisition.recordings.recording import Annotation
from simulators.patient.artefacts import ArtefactSpec
from simulators.patient.bank import TICKS, Source
from simulators.patient.protocol import Stay
from simulators.patient.scene import Scene
from simulators.patient.segment import Segment

TOLD_UV = 20.0
"""Discharges whose mean potential is smaller, peak to peak, are in the tables but not among the annotations."""

HEARD_UV = 1.0
"""Sources that are smaller are not in the table of a needle position."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Every discharge of one segment, in order of time, one row each."""

    index: NDArray[np.int64]
    """Run index of the sample at or just before the discharge."""
    at_sample: NDArray[np.float64]
    """The same to a tick, an eighth of a sample: potentials follow after conduction, some milliseconds later."""
    source: NDArray[np.int32]
    """Within the stay."""
    kind: tuple[str, ...]
    unit: NDArray[np.int32]
    """-1 without a motor unit behind it."""
    amplitude_uv: NDArray[np.float32]
    """Of the mean potential, peak to peak, as heard."""
    gain: NDArray[np.float32]


def truth(segment: Segment) -> Truth:
    """The truth of one segment."""
    discharges, scene = segment.discharges, segment.scene
    sources: tuple[Source, ...] = () if scene is None else scene.place.sources
    amplitudes = scene.amplitudes_uv if scene is not None else np.empty(0)
    units = np.array([-1 if s.unit is None else s.unit for s in sources], np.int32)
    at = discharges.at_ticks
    return Truth(
        index=segment.first + at // TICKS,
        at_sample=segment.first + at / TICKS,
        source=discharges.source,
        kind=tuple(sources[int(s)].kind for s in discharges.source),
        unit=units[discharges.source] if sources else np.empty(0, np.int32),
        amplitude_uv=(amplitudes[discharges.source] * discharges.gain).astype(np.float32),
        gain=discharges.gain,
    )


def discharge_annotations(segment: Segment, first: int, stop: int) -> list[Annotation]:
    """Discharges of at least TOLD_UV that begin at `first` to `stop`: `motor unit 17`, `fibrillation potential 153`."""
    told = truth(segment)
    rows = np.flatnonzero((told.index >= first) & (told.index < stop) & (told.amplitude_uv >= TOLD_UV))
    return [
        Annotation(
            int(told.index[i]), 0, f"{told.kind[i]} {told.unit[i] if told.unit[i] >= 0 else told.source[i]}"
        )
        for i in rows
    ]


def phase_annotations(planned: tuple[Stay, ...], first: int, stop: int) -> list[Annotation]:
    """`muscle right biceps`, `site 2`, `phase rest`, `needle out`: what begins at `first` to `stop`."""
    found: list[Annotation] = []
    number = -1
    for stay in planned:
        if stay.muscle is None:
            found.append(Annotation(stay.first, stay.stop - stay.first, "needle out"))
            continue
        if stay.muscle_number != number:
            number = stay.muscle_number
            found.append(Annotation(stay.first, 0, f"muscle {stay.muscle.side} {stay.muscle.muscle}"))
        found.append(Annotation(stay.first, stay.stop - stay.first, f"site {stay.site}"))
        found += [Annotation(p.first, p.stop - p.first, f"phase {p.kind}") for p in stay.phases]
    return [event for event in found if first <= event.index < stop]


def artefact_annotations(
    artefacts: tuple[ArtefactSpec, ...], rate_hz: float, first: int, stop: int
) -> list[Annotation]:
    """`artefact movement`: what begins at `first` to `stop`."""
    found = [
        Annotation(round(spec.at_s * rate_hz), round(spec.duration_s * rate_hz), f"artefact {spec.kind}")
        for spec in artefacts
    ]
    return [event for event in found if first <= event.index < stop]


class TruthTable:
    """The truth of an examination, gathered segment by segment and taken away now and then."""

    UNITS: ClassVar[dict[str, str]] = {
        "index": "samples",
        "at_sample": "samples",
        "time_s": "s",
        "kind": "",
        "unit": "",
        "source": "",
        "amplitude_uv": "uV",
        "muscle_number": "",
        "site": "",
    }
    """Of each column, "" where it has none."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._segments: list[Segment] = []
        self._stays: list[dict[str, Any]] = []

    def __len__(self) -> int:
        """Segments since the table was last taken."""
        return len(self._segments)

    def add(self, segment: Segment) -> None:
        """The next segment."""
        self._segments.append(segment)
        if segment.first == segment.stay.first and segment.scene is not None:
            self._stays.append(_stay_truth(segment.stay, segment.scene))

    def take(self) -> dict[str, NDArray[np.generic] | list[str]]:
        """Every discharge since the last time, heard or not, as columns of equal length, in order of time."""
        segments, self._segments = self._segments, []
        parts = [truth(segment) for segment in segments]
        sizes = [part.index.shape[0] for part in parts]
        at_sample = np.concatenate([part.at_sample for part in parts])
        return {
            "index": np.concatenate([part.index for part in parts]),
            "at_sample": at_sample,
            "time_s": at_sample / self._rate_hz,
            "kind": [kind for part in parts for kind in part.kind],
            "unit": np.concatenate([part.unit for part in parts]),
            "source": np.concatenate([part.source for part in parts]),
            "amplitude_uv": np.concatenate([part.amplitude_uv for part in parts]),
            "muscle_number": np.repeat([segment.stay.muscle_number for segment in segments], sizes),
            "site": np.repeat([segment.stay.site for segment in segments], sizes),
        }

    @property
    def stays(self) -> tuple[dict[str, Any], ...]:
        """What was where: per needle position its phases, and the units and other sources that it hears."""
        return tuple(self._stays)


def _stay_truth(stay: Stay, scene: Scene) -> dict[str, Any]:
    assert stay.muscle is not None
    heard = [
        {
            "source": number,
            "kind": source.kind,
            "unit": source.unit,
            "amplitude_uv": round(float(scene.amplitudes_uv[number]), 2),
        }
        | (_unit_truth(scene, source.unit) if source.kind == "motor unit" and source.unit is not None else {})
        for number, source in enumerate(scene.place.sources)
        if scene.amplitudes_uv[number] >= HEARD_UV
    ]
    return {
        "muscle": scene.muscle.name,
        "side": stay.muscle.side,
        "muscle_number": stay.muscle_number,
        "site": stay.site,
        "first_index": stay.first,
        "stop_index": stay.stop,
        "phases": [
            {"kind": p.kind, "first_index": p.first, "stop_index": p.stop, "effort": p.efforts}
            for p in stay.phases
        ],
        "needle": asdict(scene.needle),
        "units_alive": int(scene.tissue.units.alive.sum()),
        "units_in_health": len(scene.tissue.units),
        "sources": heard,
    }


def _unit_truth(scene: Scene, unit: int) -> dict[str, Any]:
    units = scene.units
    return {
        "threshold": round(float(scene.tissue.units.threshold[unit]), 4),
        "fibres_heard": int(units.fibres[unit]),
        "first_fibre_s": float(units.first_s[unit]) if np.isfinite(units.first_s[unit]) else None,
        "last_fibre_s": float(units.last_s[unit]) if np.isfinite(units.last_s[unit]) else None,
    }
