"""What the page may claim about its data at this moment, and what to do when it is not well."""

from typing import Literal

import msgspec

from contracts.refusal import Refusal
from dashboard.run_view import RunView

STALE_AFTER_S = 0.75
"""Three missed health messages. With the way to the screen it stays under a second."""
OVERLOAD_SHOWN_S = 5.0

State = Literal[
    "waiting",
    "joining",
    "quiet",
    "live",
    "overloaded",
    "stalled",
    "lost",
    "stale",
    "stopped",
    "incompatible",
]

Severity = Literal["ok", "warning", "waiting", "fault", "ended"]
"""ok and warning: the trace is live. fault: what is on the screen is old, and is greyed out."""


class Status(msgspec.Struct, frozen=True):
    """A state in words: `title` for the banner, what is missing, and what to do."""

    state: State
    severity: Severity
    title: str
    detail: str = ""
    do: str = ""


LIVE = Status("live", "ok", "Live")

STOPPED: dict[str, tuple[Severity, str, str]] = {
    "asked": ("ended", "The run was ended on request", "Start it again to go on."),
    "end of recording": ("ended", "The recording has been played to its end", "Play it again to go on."),
    "source changed": (
        "fault",
        "The stream came back as a different one",
        "Check the device, then start again.",
    ),
    "source lost": ("fault", "The stream was lost for good", "Switch the device on, then start again."),
    "failed": ("fault", "The run failed", "The terminal of the run says why."),
}


def status_of(run: RunView | None, refusal: Refusal | None, now: float, address: str) -> Status:
    """The state at `now` (the page's clock), the worst that applies."""
    if run is None:
        if refusal is not None:
            return _incompatible(refusal)
        return Status(
            "waiting",
            "waiting",
            "Waiting for a run",
            f"Nothing has arrived from {address} yet.",
            "Start one with: myoscope live (or myoscope demo). This page joins by itself.",
        )
    silent_s = now - run.arrived_at
    if run.stop is not None:
        severity, what, do = STOPPED[run.stop.reason]
        why = f": {run.stop.detail}" if run.stop.detail else ""
        return Status("stopped", severity, "Stopped", f"{what}{why}.", do)
    if silent_s > STALE_AFTER_S:
        return Status(
            "stale",
            "fault",
            "Stale: no messages",
            f"The run at {address} has fallen silent. What is shown is old.",
            "Look at the terminal of the run; this page goes on by itself when messages come back.",
        )
    if refusal is not None:
        return _incompatible(refusal)
    if run.start is None:
        return Status(
            "joining", "waiting", "Joining", "A run is there; its description follows.", "Wait a second."
        )
    return _of_source(run, now)


def _of_source(run: RunView, now: float) -> Status:
    """The state while messages flow: what the run says of its source, and what reaches us of the signal."""
    assert run.start is not None
    name = run.start.stream
    source = run.health.state if run.health is not None else "live"
    if source == "lost":
        return Status(
            "lost",
            "fault",
            "Stream lost",
            f"The outlet of {name} is gone.",
            "Switch on the device and its LSL application; the run goes on when the stream comes back.",
        )
    if run.signal_arrived_at is None:
        return Status(
            "quiet",
            "waiting",
            "Waiting for the first sample",
            f"{name} is connected and has sent nothing yet.",
            "Start the acquisition on the device.",
        )
    if source == "stalled" or now - run.signal_arrived_at > STALE_AFTER_S:
        return Status(
            "stalled",
            "fault",
            "Stalled: no samples",
            f"{name} is still there, but sends nothing.",
            "Check the device, its cable and whether its acquisition is paused.",
        )
    if run.overloaded_at is not None and now - run.overloaded_at < OVERLOAD_SHOWN_S:
        return Status("overloaded", "warning", "Overloaded", *_overload(run))
    return LIVE


def _overload(run: RunView) -> tuple[str, str]:
    parts: list[str] = []
    if run.health is not None and run.health.windows_skipped:
        parts.append(f"{run.health.windows_skipped} windows skipped")
    if run.health is not None and run.health.handoff.dropped:
        parts.append(f"{run.health.handoff.dropped} chunks dropped")
    if lost := sum(run.holes.values()):
        parts.append(f"{lost} messages lost on the way here")
    return ", ".join(parts) or "windows were skipped", "Close other programs, or choose a longer hop."


def _incompatible(refusal: Refusal) -> Status:
    return Status(
        "incompatible",
        "fault",
        "Not understood",
        f"Found {refusal.found}; wanted {refusal.wanted}.",
        refusal.do,
    )
