"""Plays a source to an outlet as a device would: at its rate, with true stamps, for as long as it takes."""

import math
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import msgspec
import numpy as np
import pylsl
from numpy.typing import NDArray

from contracts.clock import Clock
from contracts.handoff import Handoff, WhenFull
from contracts.refusal import Refusal
from simulators.fault_settings import FaultSettings
from simulators.faults import FaultyOutlet
from simulators.outlet import LslOutlet, Outlet
from simulators.source import SampleSource
from simulators.timeline import Timeline

Outcome = Literal["end of recording", "stopped"]

_ATTENTION_S = 0.02
"""How long the player sleeps at most before it looks for commands."""
_DRAIN_S = 1.0
_LEAD_S = 0.03
"""Between the marker of a seam and the sample that it speaks of."""


class ReplaySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a source is played. Times are seconds from its beginning, holes counted."""

    speed: float = 1.0
    """At any speed but 1, stamps advance at the nominal rate and are not the time of the push."""
    loop: bool = False
    start_s: float = 0.0
    stop_s: float | None = None
    chunk_s: float = 0.01
    """Signal per push, rounded to samples, at least one."""
    index_channel: bool = False
    wait_for_consumer: bool = False
    """Begin when somebody listens, so that nobody misses the first sample."""


def replay_outlet(source: SampleSource, settings: ReplaySettings, source_id: str | None = None) -> LslOutlet:
    """An LSL outlet for a source, open, that says at which speed it is played."""
    description = msgspec.structs.replace(source.description, replay_speed=settings.speed)
    return LslOutlet(description, source_id=source_id, index_channel=settings.index_channel)


def faulty_replay_outlet(
    source: SampleSource, settings: ReplaySettings, faults: FaultSettings, source_id: str | None = None
) -> FaultyOutlet:
    """The same outlet behind faults. It has a source id of its own, under which it comes back."""
    description = msgspec.structs.replace(source.description, replay_speed=settings.speed)
    kept_id = source_id or f"myoscope-{uuid.uuid4().hex[:12]}"
    opened = partial(LslOutlet, source_id=kept_id, index_channel=settings.index_channel)
    return FaultyOutlet(description, opened, faults)


@dataclass(frozen=True, slots=True)
class _Ready:
    """The next push, read before it is due."""

    samples: NDArray[np.float32]
    aux: NDArray[np.float64]
    first: int
    """Position of the first sample."""


class Player:
    """One source, one outlet, one thread that calls `run`; the other methods are for any thread.

    **Rate.** Sample `n` since the beginning is due at `start + n / (rate * speed)`; a chunk is pushed when
    its last sample is due, and a late push makes no later one late. Nothing adds up, so nothing drifts.

    **Stamps.** At speed 1 a push is stamped with the time at which its last sample was due, as a device
    stamps at acquisition. A stamp of the moment of the push instead would carry the jitter of this
    process's sleep into the signal's time and hide a push that was late; this way lateness shows as
    latency, which is what it is. At another speed stamps advance from the start by the nominal rate.

    **Seams.** A loop, a seek and a pause break the signal but lose nothing: the numbering goes on, and a
    marker `seam loop`, `seam seek 12.5` or `seam pause` carries the stamp of the first sample after the
    break. It is sent before that sample, as soon as the seam is made. A hole of the recording is played as
    one: nothing is pushed for its time, stamps and index jump.
    """

    def __init__(
        self,
        source: SampleSource,
        outlet: Outlet,
        settings: ReplaySettings,
        *,
        clock: Clock = pylsl.local_clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._source, self._outlet, self._settings = source, outlet, settings
        self._clock, self._sleep = clock, sleep
        self._rate_hz = source.description.rate_hz
        self._timeline = Timeline(source.gaps)
        self._first, self._stop = _stretch(source, settings, self._timeline)
        self._chunk = max(1, round(settings.chunk_s * self._rate_hz))
        self._commands: Handoff[Callable[[], None]] = Handoff(capacity=64, when_full=WhenFull.REFUSE)
        self._position = self._first
        self._offset = -self._timeline.run_index(self._first)
        self._played_to = self._timeline.run_index(self._first)
        self._ready: _Ready | None = None
        self._paused_at: float | None = None
        self._seam: str | None = None
        self._start = self._stamp_start = 0.0

    @property
    def position_s(self) -> float:
        """Where the player is, seconds from the beginning of the source, holes counted."""
        return self._timeline.run_index(self._position) / self._rate_hz

    @property
    def paused(self) -> bool:
        """True while nothing is pushed because somebody asked for it."""
        return self._paused_at is not None

    def pause(self) -> None:
        """Stop pushing, until `resume`."""
        self._commands.offer(self._pause)

    def resume(self) -> None:
        """Go on where the player stopped; the time in between is a seam."""
        self._commands.offer(self._resume)

    def toggle_pause(self) -> None:
        """Pause, or resume."""
        self._commands.offer(self._toggle_pause)

    def seek(self, to_s: float) -> None:
        """Go on elsewhere: seconds from the beginning of the source, within the stretch that is played.

        Raises Refusal for what is not a number.
        """
        if not math.isfinite(to_s):
            raise Refusal(found=f"a seek to {to_s}", wanted="seconds", do="Give a number.")
        self._commands.offer(partial(self._seek, to_s))

    def seek_by(self, by_s: float) -> None:
        """Go on so many seconds later, or earlier if negative."""
        self._commands.offer(lambda: self._seek(self.position_s + by_s))

    def run(self, stop: threading.Event) -> Outcome:
        """How it ended: at the end of the recording, or because of `stop` or Ctrl-C.

        Raises Refusal where the source turns out to be damaged on the way.
        """
        try:
            return self._play(stop)
        except KeyboardInterrupt:
            return "stopped"

    def _play(self, stop: threading.Event) -> Outcome:
        while self._settings.wait_for_consumer and not self._outlet.has_consumer():
            if stop.is_set():
                return "stopped"
            self._sleep(_ATTENTION_S)
        self._start = self._stamp_start = self._clock()
        while not stop.is_set():
            self._obey()
            if self.paused:
                self._sleep(_ATTENTION_S)
                continue
            if self._ready is None:
                self._ready = self._read_next()
            n = self._ready.samples.shape[0]
            if n == 0:
                self._end()
                return "end of recording"
            last = self._number(self._ready.first + n - 1)
            early_s = self._due(last) - self._clock()
            if early_s > 0:
                self._sleep(min(early_s, _ATTENTION_S))
                continue
            self._push(self._ready, last)
        return "stopped"

    def _number(self, position: int) -> int:
        """The sample's number since the player began: what the index channel says."""
        return self._timeline.run_index(position) + self._offset

    def _next_number(self) -> int:
        """The number of the sample to come if it follows the last one without a hole."""
        return self._played_to + self._offset

    def _due(self, number: int) -> float:
        return self._start + number / (self._rate_hz * self._settings.speed)

    def _stamp(self, number: int) -> float:
        if self._settings.speed == 1.0:
            return self._due(number)
        return self._stamp_start + number / self._rate_hz

    def _read_next(self) -> _Ready:
        first, stop = self._position, self._position + self._chunk
        for bound in (self._stop, self._timeline.next_hole(first)):
            stop = stop if bound is None else min(stop, bound)
        return _Ready(self._source.read(first, stop), self._source.read_aux(first, stop), first)

    def _push(self, chunk: _Ready, last: int) -> None:
        n = chunk.samples.shape[0]
        run_stop = self._timeline.run_index(chunk.first + n - 1) + 1
        for event in self._source.annotations_in(self._played_to, run_stop):
            self._outlet.mark(event.text, self._stamp(event.index + self._offset))
        self._outlet.push(chunk.samples, chunk.aux, last - n + 1, self._stamp(last))
        self._played_to = run_stop
        self._position = chunk.first + n
        self._ready = None
        if self._settings.loop and self._position == self._stop:
            self._go_to(self._first)
            self._mark_seam("seam loop")

    def _go_to(self, position: int) -> None:
        number = self._next_number()
        self._ready = None
        self._position = position
        self._played_to = self._timeline.run_index(position)
        self._offset = number - self._played_to

    def _mark_seam(self, text: str) -> None:
        self._outlet.mark(text, self._stamp(self._next_number()))

    def _give_the_marker_a_lead(self) -> None:
        """Put off what follows, if need be, until a marker sent now will have arrived before it.

        Text and signal travel over separate connections: a marker sent at the same time as its sample was
        seen to come after it, on a busy machine.
        """
        due = self._due(self._next_number() + self._chunk - 1)
        self._start += max(0.0, self._clock() + _LEAD_S - due)

    def _end(self) -> None:
        self._outlet.mark("end of recording", self._stamp(self._next_number() - 1))
        self._outlet.drain(_DRAIN_S)

    def _obey(self) -> None:
        while (command := self._commands.take(timeout_s=0.0)) is not None:
            command()

    def _pause(self) -> None:
        if self._paused_at is None:
            self._paused_at = self._clock()
            self._seam = "seam pause"

    def _resume(self) -> None:
        if self._paused_at is None:
            return
        self._start += self._clock() - self._paused_at
        self._paused_at = None
        if self._seam is not None:
            self._give_the_marker_a_lead()
            self._mark_seam(self._seam)

    def _toggle_pause(self) -> None:
        if self.paused:
            self._resume()
        else:
            self._pause()

    def _seek(self, to_s: float) -> None:
        position = self._timeline.position(max(0, round(to_s * self._rate_hz)))
        last = position if self._stop is None else min(position, self._stop - 1)
        self._go_to(max(self._first, last))
        text = f"seam seek {round(self.position_s, 3)}"
        if self.paused:
            self._seam = text  # its stamp is known when the player goes on
        else:
            self._give_the_marker_a_lead()
            self._mark_seam(text)


def _stretch(source: SampleSource, settings: ReplaySettings, timeline: Timeline) -> tuple[int, int | None]:
    """First and stop position of what is played. Raises Refusal for settings that leave nothing."""
    rate_hz, n_samples = source.description.rate_hz, source.n_samples
    stop_s = math.inf if settings.stop_s is None else settings.stop_s
    for name, value in (("speed", settings.speed), ("chunk_s", settings.chunk_s)):
        if not 0 < value < math.inf:
            raise Refusal(found=f"{name} {value:g}", wanted="a number above 0", do=f"Give another {name}.")
    if not rate_hz > 0:
        raise Refusal(found="a source without a rate", wanted="a regular signal", do="Play another file.")
    length_s = math.inf if n_samples is None else timeline.run_index(n_samples) / rate_hz
    if not 0 <= settings.start_s < min(stop_s, length_s):
        upto = "its end" if settings.stop_s is None else f"{stop_s:g} s"
        raise Refusal(
            found=f"nothing to play from {settings.start_s:g} s to {upto} in a source of {length_s:g} s",
            wanted="a start before the stop, both within the source",
            do="Give another start or stop.",
        )
    first = timeline.position(round(settings.start_s * rate_hz))
    if stop_s < length_s:
        return first, max(first + 1, timeline.position(round(stop_s * rate_hz)))
    return first, n_samples
