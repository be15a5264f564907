"""Numbering: every sample of the stream gets its index, and every break becomes a Gap.

The index is the key of everything that follows, so the rules stand here in one place.

* With a counter channel the number of missing samples is exact: the counter says so, whatever the stamps do.
* Without one it is estimated from a jump of the stamps against the line through those before, and marked
  `exact=False` with its uncertainty. Stamps of real devices run backwards and come in bursts of 20 to 60 ms,
  so only a jump of more than `jitter_s` counts. Only where stamps are evidently counted rather than taken
  from a clock (a second of them within 20 us and a tenth of a sample of their line) a jump of half a sample more
  than due is enough. A smaller loss passes unseen: without a counter nobody can tell it from jitter. And an
  application that stalls longer than `jitter_s` and then stamps what it kept at one go looks like a loss.
* A repeated sample (its counter was here already) is dropped and counted: an index is given once. A late
  sample, one that belongs into a gap already told, is dropped too: what follows it has been analysed.
* A clock of the sender that is set back says nothing of how much is missing: a Gap of no samples, not exact;
  with a counter there is none. Set forward it looks like a loss, unless a counter that has not wrapped yet or
  wraps seldom tells better.
* A seam, announced by the replay, comes before all this: nothing is missing and the counter starts anew.
* After a reconnection there is always a Gap, even of no samples: nobody saw the signal in between. A
  counter is exact there only if it kept counting meanwhile, which the stamps must confirm; a restarted
  application begins anew, and then the stamps estimate what is missing.
"""

from collections import deque
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acquisition.live.counter import SampleCounter
from acquisition.live.stamps import StampLine
from contracts.records import ContinuityCounts, Gap, GapCause

_COUNTED_STAMPS_S = 20e-6
_CLOCK_DRIFT = 1e-4
"""Share of a silence by which two clocks part: 100 ppm, more than any crystal's tolerance."""
_LATE_S = 1.0
_CLOCK_STEP_S = 1.0
"""Stamps that part from their line by more than this, with no loss to explain it, are of a clock that was set."""
_REMEMBERED_GAPS = 16


class Piece(NamedTuple):
    """Rows `start` to `stop` of a block: consecutive samples, the first of which has `first_index`."""

    start: int
    stop: int
    first_index: int
    gap: Gap | None
    new_line: bool = False
    """What is known of the stamps before does not hold for this piece: the line begins anew with it."""


class _Break(NamedTuple):
    """A row at which the numbering does not simply go on."""

    step: int
    """Samples from the row before to this one; below 1 for one that was here already."""
    cause: GapCause = "inlet"
    exact: bool = True
    uncertainty: int = 0
    told: bool = False
    """A Gap even if nothing is missing."""
    outage_s: float = 0.0
    new_line: bool = False


class _Block(NamedTuple):
    """What `number` was given, as its steps need it."""

    raw_stamps: NDArray[np.float64]
    steps_s: NDArray[np.float64]
    """From each stamp to the next."""
    first_step_s: float
    """From the last stamp of the block before."""
    counter: NDArray[np.int64] | None
    """None where there is none, or none that counts samples."""
    outage_s: float
    reconnected: bool
    seams: Sequence[float]


class ContinuityChecker:
    """Numbers the samples of one run. Pure: no clock, no thread, no stream.

    `line` is the stamp line of the caller, who feeds it what was numbered (see `number`). `largest` is the
    integer from which on the counter's number format has holes (2**24 for float32), or None.
    """

    def __init__(
        self, rate_hz: float, line: StampLine, *, jitter_s: float = 0.1, largest: int | None = None
    ) -> None:
        self._rate_hz = rate_hz
        self._line = line
        self._jitter_s = jitter_s
        self._counter = SampleCounter(late_limit=round(_LATE_S * rate_hz), largest=largest)
        self._position = -1
        self._next_index = 0
        self._last_stamp: float | None = None
        self._last_count: int | None = None
        self._gaps: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED_GAPS)
        self._received = self._missing = self._estimated = 0
        self._duplicated = self._late = self._backward = 0

    @property
    def counter_trusted(self) -> bool:
        """False once the counter channel has proved not to count samples: stamps decide then."""
        return self._counter.trusted

    def counts(self, outages: int = 0) -> ContinuityCounts:
        """What has been seen since the run began; outages are counted by whoever watches the silence."""
        return ContinuityCounts(
            received=self._received,
            missing=self._missing,
            missing_estimated=self._estimated,
            duplicated=self._duplicated,
            late=self._late,
            backward=self._backward,
            outages=outages,
        )

    def is_unusual(self, counter: NDArray[np.int64]) -> bool:
        """Whether a counter does not simply go on through this block: a seam may be the reason."""
        on = self._last_count is None or int(counter[0]) == self._last_count + 1
        return not on or bool((np.diff(counter) != 1).any())

    def number(
        self,
        raw_stamps: NDArray[np.float64],
        counter: NDArray[np.int64] | None = None,
        *,
        outage_s: float = 0.0,
        reconnected: bool = False,
        seams: Sequence[float] = (),
    ) -> list[Piece]:
        """The pieces of a block, in order; rows in no piece are repeated or late.

        `raw_stamps` `(n,)` seconds on the sender's clock; `counter` `(n,)` the device's own count.
        `outage_s`: how long nothing had arrived before this block, 0 for no outage. `reconnected`: the block
        is the first of a new connection. `seams`: raw stamps of the first sample after each announced seam;
        one from before the block is taken to be at its first row, one from after it is left to the caller.

        The caller passes the stamps of each piece to the line before the next block is numbered, and resets
        the line before a piece that says `new_line`.
        """
        n = raw_stamps.shape[0]
        self._received += n
        usable = None if counter is None or not self._believed(counter) else counter
        steps_s = raw_stamps[1:] - raw_stamps[:-1]
        first_step_s = 0.0 if self._last_stamp is None else float(raw_stamps[0]) - self._last_stamp
        self._note_backward(steps_s, 0.0 if reconnected else first_step_s)
        block = _Block(raw_stamps, steps_s, first_step_s, usable, outage_s, reconnected, seams)
        breaks = self._breaks(block)
        self._last_stamp = float(raw_stamps[-1])
        self._last_count = None if counter is None else int(counter[-1])
        if not breaks and self._position == self._next_index - 1:
            piece = Piece(0, n, self._next_index, None)
            self._next_index += n
            self._position += n
            return [piece]
        return self._pieces(n, breaks)

    def _believed(self, counter: NDArray[np.int64]) -> bool:
        if self._counter.settled(counter):
            return self._counter.trusted
        steps = np.diff(counter) if self._last_count is None else np.diff(counter, prepend=self._last_count)
        return self._counter.judge(steps)

    def _row_of(self, seam: float, raw_stamps: NDArray[np.float64]) -> int:
        return int(np.argmax(raw_stamps >= seam - 0.5 / self._rate_hz))

    def _note_backward(self, steps_s: NDArray[np.float64], first_step_s: float) -> None:
        self._backward += int(np.count_nonzero(steps_s < 0.0)) + (first_step_s < 0.0)

    def _breaks(self, block: _Block) -> dict[int, _Break]:
        seams = {self._row_of(seam, block.raw_stamps) for seam in block.seams}
        rows = seams.union(self._suspects(block))
        if block.reconnected and self._next_index:
            rows.add(0)
        breaks: dict[int, _Break] = {}
        ahead = self._position + 1
        for row in sorted(rows):
            found = (
                _Break(step=1, cause="seam", told=True, new_line=True)
                if row in seams
                else self._judge(block, row, ahead + row)
            )
            if found is not None:
                breaks[row] = found
                ahead += found.step - 1
        return breaks

    def _suspects(self, block: _Block) -> list[int]:
        """Rows that the counter, or without one the stamps, do not let pass as the next sample."""
        steps_s, first_step_s = block.steps_s, block.first_step_s
        if block.counter is not None:
            unusual = (block.counter[1:] - block.counter[:-1] != 1) | (np.abs(steps_s) > _CLOCK_STEP_S)
            on = self._last_count is None or int(block.counter[0]) == self._last_count + 1
            first = not on or abs(first_step_s) > _CLOCK_STEP_S
        else:
            jump_s = self._tolerance_s() + 1.0 / self._rate_hz
            unusual = (steps_s > jump_s) | (steps_s < -_CLOCK_STEP_S)
            first = first_step_s > jump_s or first_step_s < -_CLOCK_STEP_S
        rows = (np.flatnonzero(unusual) + 1).tolist()
        return [0, *rows] if first else rows

    def _judge(self, block: _Block, row: int, index: int) -> _Break | None:
        """What happened at a row that would have `index` if nothing did; None for nothing."""
        expected = self._expected(block.raw_stamps, row, index)
        if row == 0 and block.reconnected:
            return self._judge_reconnection(block, expected)
        cause: GapCause = "outage" if row == 0 and block.outage_s else "inlet"
        outage_s = block.outage_s if row == 0 else 0.0
        tolerance = self._tolerance_s() * self._rate_hz
        clock_step = _CLOCK_STEP_S * self._rate_hz
        set_back = expected < -clock_step
        if block.counter is not None:
            before = self._last_count if row == 0 else int(block.counter[row - 1])
            now = int(block.counter[row])
            likely = 1.0 if set_back else expected
            step = 1 if before is None else self._counter.step(before, now, likely, tolerance)
            if step is not None:
                new_line = abs(expected - step) > clock_step
                return _Break(step, cause, outage_s=outage_s, new_line=new_line)
        jumped = expected - 1.0 > tolerance
        if not jumped and not set_back and block.counter is None:
            return None
        step = max(1, round(expected)) if jumped else 1
        uncertainty = self._uncertainty(1.0 if set_back else expected)
        return _Break(step, cause, False, uncertainty, True, outage_s, True)

    def _judge_reconnection(self, block: _Block, expected: float) -> _Break:
        uncertainty = self._uncertainty(expected)
        tolerance = max(self._jitter_s * self._rate_hz, uncertainty)
        if block.counter is not None and self._last_count is not None:
            step = self._counter.step_across(self._last_count, int(block.counter[0]), expected, tolerance)
            if step is not None:
                return _Break(step, "outage", True, 0, True, block.outage_s)
        return _Break(max(1, round(expected)), "outage", False, uncertainty, True, block.outage_s, True)

    def _expected(self, raw_stamps: NDArray[np.float64], row: int, index: int) -> float:
        """Samples from the row before to this one, by the stamps."""
        if self._line.n_samples:
            return 1.0 + float(raw_stamps[row] - self._line.predict(index)) * self._rate_hz
        return float(raw_stamps[row] - raw_stamps[row - 1]) * self._rate_hz if row else 1.0

    def _tolerance_s(self) -> float:
        """The stamp jump from which on samples are missing."""
        period_s = 1.0 / self._rate_hz
        counted = self._line.spread_s < min(_COUNTED_STAMPS_S, 0.1 * period_s)
        return 0.5 * period_s if counted and self._line.n_samples > self._rate_hz else self._jitter_s

    def _uncertainty(self, expected: float) -> int:
        drift = _CLOCK_DRIFT * abs(expected)
        return ceil(3.0 * self._line.spread_s * self._rate_hz + drift) + 1

    def _pieces(self, n: int, breaks: dict[int, _Break]) -> list[Piece]:
        steps = np.ones(n, dtype=np.int64)
        for row, found in breaks.items():
            steps[row] = found.step
        positions = self._position + np.cumsum(steps)
        newest = np.maximum.accumulate(np.concatenate(([self._next_index - 1], positions)))
        fresh = positions > newest[:-1]
        begins = fresh & ((positions != newest[:-1] + 1) | np.concatenate(([True], ~fresh[:-1])))
        begins[[row for row, found in breaks.items() if found.told or found.new_line]] = True
        ends = np.flatnonzero(np.concatenate((~fresh[1:] | begins[1:], [True])) & fresh) + 1
        starts = np.flatnonzero(begins & fresh)
        self._position, self._next_index = int(positions[-1]), int(newest[-1]) + 1
        pieces = [
            self._piece(start, stop, int(positions[start]), int(newest[start]), breaks.get(start))
            for start, stop in zip(starts.tolist(), ends.tolist(), strict=True)
        ]
        self._count_dropped(positions[~fresh])
        return pieces

    def _count_dropped(self, positions: NDArray[np.int64]) -> None:
        late = np.zeros(positions.shape, dtype=np.bool_)
        for start, stop in self._gaps:
            late |= (positions >= start) & (positions < stop)
        self._late += int(np.count_nonzero(late))
        self._duplicated += int(np.count_nonzero(~late))

    def _piece(self, start: int, stop: int, index: int, newest: int, found: _Break | None) -> Piece:
        missing = index - 1 - newest
        if found is None:
            return Piece(start, stop, index, None)
        if not (missing or found.told):
            return Piece(start, stop, index, None, found.new_line)
        self._missing += missing
        self._estimated += 0 if found.exact else missing
        if missing:
            self._gaps.append((index - missing, index))
        gap = Gap(
            at_index=index,
            missing=missing,
            cause=found.cause,
            exact=found.exact,
            uncertainty=found.uncertainty,
            outage_s=found.outage_s,
        )
        return Piece(start, stop, index, gap, found.new_line)
