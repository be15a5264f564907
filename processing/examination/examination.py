"""All channels of a stream, examined: a chunk in, what is measured out."""

from typing import Literal

import numpy as np

from contracts.measured import Measured, PhaseKind
from contracts.records import Chunk, StreamDescription, Subject
from contracts.refusal import Refusal
from processing.examination.needle import NeedleExaminer
from processing.examination.settings import ExaminationSettings
from processing.norms.lookup import Norms
from processing.surface.meter import SurfaceMeter

Electrode = Literal["needle", "surface", ""]


class Examination:
    """Measures what an electromyographer reads. Pure: no thread, no socket, no clock, no file.

    Motor units are followed on the channels that the settings name, at 10 kHz or more; slower streams are taken
    as surface EMG. `notes` says in sentences what is not measured, and why.
    """

    def __init__(self, stream: StreamDescription, settings: ExaminationSettings, norms: Norms) -> None:
        labels = [channel.label for channel in stream.emg]
        self.notes: tuple[str, ...] = ()
        self._needles: dict[int, NeedleExaminer] = {}
        self._surface: SurfaceMeter | None = None
        self._rate_hz = stream.rate_hz
        self._next: int | None = None
        self.electrode = _electrode(stream, settings)
        if stream.emg_unit != "uV":
            self.electrode = ""
            self.notes = ("nothing is measured of potentials: the stream is in counts, not in microvolt",)
        elif self.electrode == "surface":
            self._surface = SurfaceMeter(stream.rate_hz, len(labels), settings.surface)
            self.notes = _why_surface(stream, settings)
        else:
            for index in _chosen(labels, settings):
                self._needles[index] = NeedleExaminer(index, stream.rate_hz, settings, norms)
            if len(self._needles) < len(labels):
                followed = ", ".join(labels[index] for index in self._needles)
                self.notes = (f"motor units are followed on {followed} only (examination.channels)",)
        self.set_subject(stream.subject)

    @property
    def examined(self) -> tuple[int, ...]:
        """Channels on which motor units are followed."""
        return tuple(self._needles)

    @property
    def latency_s(self) -> float:
        """From a discharge's sample to its announcement; 0 where none is followed."""
        return max((needle.latency_s for needle in self._needles.values()), default=0.0)

    def warm_up(self) -> None:
        """Compile every kernel, so that the first sample waits for none."""
        for needle in self._needles.values():
            needle.warm_up()
        if self._surface is not None:
            self._surface.warm_up()

    def feed(self, chunk: Chunk) -> list[Measured]:
        """What became known with a chunk, channel by channel."""
        out: list[Measured] = []
        broken = self._next is not None and (chunk.gap_before is not None or chunk.first_index != self._next)
        self._next = chunk.stop_index
        for index, needle in self._needles.items():
            if broken:
                out += needle.gap(chunk.first_index)
            out += needle.feed(np.ascontiguousarray(chunk.samples[:, index]), chunk.first_index)
        if self._surface is not None:
            if broken:
                self._surface.gap(chunk.first_index)
            out += self._surface.feed(chunk.samples, chunk.first_index)
        return out

    def known(self) -> list[Measured]:
        """What is known now, for who came late: phase, units of this needle position, the muscle."""
        return [message for needle in self._needles.values() for message in needle.known()]

    def finish(self) -> list[Measured]:
        """The last words, at the end of the signal."""
        return [message for needle in self._needles.values() for message in needle.finish()]

    def set_subject(self, subject: Subject) -> list[Measured]:
        """Whose muscle it is from now on."""
        return [message for needle in self._needles.values() for message in needle.set_subject(subject)]

    def begin_anew(self) -> list[Measured]:
        """The same muscle of another person."""
        return [m for needle in self._needles.values() for m in needle.begin_anew(needle.subject)]

    def set_phase(self, phase: PhaseKind | None) -> list[Measured]:
        """The examiner's word on the phase, from now on; None gives it back to the signal."""
        return [message for needle in self._needles.values() for message in needle.set_phase(phase)]

    def next_site(self) -> list[Measured]:
        """The needle is at another position of the same muscle."""
        return [message for needle in self._needles.values() for message in needle.next_site()]


def _electrode(stream: StreamDescription, settings: ExaminationSettings) -> Electrode:
    fast = stream.rate_hz >= settings.muap.minimum_rate_hz
    if settings.electrode == "auto":
        return "needle" if fast else "surface"
    return settings.electrode if fast else "surface"


def _why_surface(stream: StreamDescription, settings: ExaminationSettings) -> tuple[str, ...]:
    if stream.rate_hz >= settings.muap.minimum_rate_hz:
        return ("taken as surface EMG, as the settings say: no motor unit potentials are measured",)
    return (
        f"taken as surface EMG: {stream.rate_hz:g} Hz is too slow for motor unit potentials, which need "
        f"{settings.muap.minimum_rate_hz:g} Hz",
    )


def _chosen(labels: list[str], settings: ExaminationSettings) -> list[int]:
    """Indices of the channels to follow; without a word the first."""
    unknown = [label for label in settings.channels if label not in labels]
    if unknown:
        raise Refusal(
            found=f"examination.channels names {unknown[0]}",
            wanted=f"EMG channels of the stream ({', '.join(labels)})",
            do="Correct examination.channels, or leave it out for the first channel.",
        )
    return [labels.index(label) for label in settings.channels] or [0]
