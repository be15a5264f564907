"""One frame of the running trace: a header in JSON, then min/max pairs of the bins that are new.

A frame is an answer: the page acknowledges the one before by asking for the next, and says what it
holds. So one frame is in flight, nothing queues up, and a page that was away gets the newest, never the
backlog. Layout: uint32 length of the header (little-endian), the header padded with spaces to a multiple
of 4, then float32 `[row][bin][values_per_bin]`.
"""

import struct
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta

from contracts.records import Subject
from dashboard.decimate import bin_length, extremes
from dashboard.live_view import LiveView, ViewFrame
from dashboard.measured.look import measured_picture
from dashboard.measured.memory import Tick
from dashboard.measured.picture import MeasuredPicture
from dashboard.patient import is_virtual
from dashboard.run_view import Note, RunView, emg_labels
from dashboard.status import Status

N_DIVISIONS = 10
MAX_SWEEP_S = 10.0
MAX_ROWS = 8
RASTER_S = 10.0
"""Discharges are held by the page for the raster, however short the sweep is."""


class WaveRequest(msgspec.Struct, frozen=True):
    """What a page wants next, and what it holds."""

    width: Annotated[int, Meta(ge=16, le=16_384)]
    """Of the canvas, in device pixels."""
    sweep_s: Annotated[float, Meta(gt=0, le=MAX_SWEEP_S)]
    channels: Annotated[tuple[int, ...], Meta(min_length=1, max_length=MAX_ROWS)]
    run: str = ""
    """The run whose bins the page holds; another run sends everything anew."""
    have: int = -1
    """First bin that the page lacks; -1 when it holds none for this view."""
    notes: int = 0
    """Number of the newest note that the page holds."""
    ticks: int = 0
    """Number of the newest discharge that the page holds."""
    panel: Annotated[int, Meta(ge=0)] = 0
    """The channel that the panels speak of."""
    measured: int | None = None
    """Version of the measures that the page holds of that channel, -1 for none; None: not asked for now."""


class About(msgspec.Struct, frozen=True):
    """What does not change during a run."""

    stream: str
    labels: tuple[str, ...]
    unit: str
    rate_hz: float
    highpass_hz: float
    lowpass_hz: float
    notch_hz: float
    sweep_samples: int
    virtual_patient: bool
    """The signal is simulated and the truth behind it known: there may be a patient to talk to."""


class WaveHeader(msgspec.Struct, frozen=True):
    """What travels with the bins."""

    frame: int
    server: str
    run: str
    status: Status
    age_s: float | None
    run_s: float | None
    now_s: float
    """The server's clock: tells the page whether its panels keep up with the trace."""
    newest: int
    """Stop index of the newest sample."""
    reset: bool
    """Forget the bins held and begin with these."""
    about: About | None
    """With a reset."""
    channels: tuple[int, ...]
    bin_samples: int
    first_bin: int
    n_bins: int
    values_per_bin: int
    notes: tuple[Note, ...]
    subject: Subject = Subject()
    ticks: tuple[Tick, ...] = ()
    begun: int = 0
    """Discharges before this index were somebody else's."""
    measured: MeasuredPicture | None = None
    """Where it was asked for and is new."""


_encoder = msgspec.json.Encoder()
_requests = msgspec.json.Decoder(WaveRequest)


def decode_request(text: str) -> WaveRequest:
    """The request in a text message; raises msgspec.MsgspecError for anything else."""
    return _requests.decode(text)


def wave_frame(view: LiveView, request: WaveRequest, now: float, number: int, server: str) -> bytes:
    """The frame that answers `request` at `now`."""
    header, bins = view.look(now, lambda run, frame: _answer(run, frame, request, now, number, server))
    text = _encoder.encode(header)
    text += b" " * (-len(text) % 4)
    return struct.pack("<I", len(text)) + text + bins.astype("<f4", copy=False).tobytes()


def _answer(
    run: RunView | None, frame: ViewFrame, request: WaveRequest, now: float, number: int, server: str
) -> tuple[WaveHeader, "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"]:
    reset = request.have < 0 or request.run != frame.run_id
    if run is None or run.start is None or run.ring is None or run.ring.n_channels == 0:
        none = np.zeros((0, 0, 1), np.float32)
        fields = (frame.newest_index, reset, None, (), 1, 0, 0, 1, ())
        return WaveHeader(number, server, frame.run_id, *_moment(frame, now), *fields), none
    rate_hz = run.start.rate_hz
    sweep = max(N_DIVISIONS, round(request.sweep_s * rate_hz))
    length = bin_length(sweep, request.width)
    stop_bin = run.ring.stop_index // length
    oldest = max(-(-run.ring.first_index // length), -(-(run.ring.stop_index - sweep) // length))
    first_bin = oldest if reset else min(max(oldest, request.have), stop_bin)
    rows = tuple(min(c, run.ring.n_channels - 1) for c in request.channels)
    raw = [run.ring.read(row, first_bin * length, stop_bin * length) for row in rows]
    bins = np.stack([r[:, None] if length == 1 else extremes(r, length) for r in raw])
    since = 0 if reset else request.notes
    horizon = run.ring.stop_index - sweep
    notes = tuple(n for n in run.notes if n.number > since and n.stop_index >= horizon)
    header = WaveHeader(
        number,
        server,
        frame.run_id,
        *_moment(frame, now),
        frame.newest_index,
        reset,
        _about(run, sweep) if reset else None,
        rows,
        length,
        first_bin,
        bins.shape[1],
        bins.shape[2],
        notes,
        run.subject,
        *_measured(run, request, reset, sweep),
    )
    return header, bins


def _measured(
    run: RunView, request: WaveRequest, reset: bool, sweep: int
) -> tuple[tuple[Tick, ...], int, MeasuredPicture | None]:
    """Discharges that are new to the page, where the examination began, and where it asks for it its picture."""
    if run.start is None or run.ring is None or run.measured is None:
        return (), 0, None
    begun = run.measured.begun
    newest = run.ring.stop_index
    horizon = newest - max(sweep, round(RASTER_S * run.start.rate_hz))
    panel = min(request.panel, run.ring.n_channels - 1)
    ticks = run.measured.ticks_after(0 if reset else request.ticks, {*request.channels, panel}, horizon)
    if request.measured is None:
        return ticks, begun, None
    run.measured.channel(panel).tidy(newest)
    if not reset and request.measured == run.measured.version(panel):
        return ticks, begun, None
    return ticks, begun, measured_picture(run.measured, run.start, panel)


def _moment(frame: ViewFrame, now: float) -> tuple[Status, float | None, float | None, float]:
    return frame.status, frame.age_s, frame.run_s, now


def _about(run: RunView, sweep_samples: int) -> About:
    start = run.start
    assert start is not None
    return About(
        stream=start.stream,
        labels=emg_labels(run),
        unit="counts" if any(c.unit == "counts" for c in start.channels if c.role == "emg") else "uV",
        rate_hz=start.rate_hz,
        highpass_hz=start.highpass_hz,
        lowpass_hz=start.lowpass_hz,
        notch_hz=start.notch_hz,
        sweep_samples=sweep_samples,
        virtual_patient=is_virtual(start),
    )
