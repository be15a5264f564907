"""The seams of a replay: places where its signal is not continuous although nothing is missing.

A replay announces them on a stream of text beside its signal, of source id `<source id>-markers`: the text
begins with `seam` (`seam loop`, `seam seek 12.5`), the stamp is that of the first sample after the seam, on
the same clock. Only a stream that says it is a replay (`desc/replay/speed`) is looked up for one.
"""

from collections import deque

from acquisition.live.marker_inlet import TextInlet
from acquisition.live.metadata import NativeStream
from acquisition.live.network import resolve
from acquisition.live.query import companion_query

_RESOLVE_S = 1.0
_OPEN_S = 2.0


class SeamInlet:
    """The announced seams that have not been reached yet. Only the reader's thread may call it."""

    def __init__(self, inlet: TextInlet) -> None:
        self._inlet = inlet
        self._ahead: deque[float] = deque()
        self._gone = False

    @classmethod
    def find(cls, stream: NativeStream) -> "SeamInlet | None":
        """The seams of a stream, subscribed to; None where it announces none.

        To be called before the signal is subscribed to: what is announced earlier is not heard.
        """
        if "replay/speed" not in stream.values:
            return None
        found = resolve(companion_query(stream.source_id), timeout_s=_RESOLVE_S)
        inlet = TextInlet(found[0]) if found else None
        return cls(inlet) if inlet is not None and inlet.open(_OPEN_S, clock=False) else None

    def until(self, raw_stamp: float, half_period_s: float, *, wait_s: float = 0.0) -> list[float]:
        """Raw stamps of the seams up to this stamp, each given once, in order.

        Waits up to `wait_s` for one that is on its way: signal and text come over separate connections.
        """
        if self._inlet.any_waiting():
            self._take_in(0.0)
        elif wait_s and not self._ahead:
            self._take_in(wait_s)
        reached: list[float] = []
        while self._ahead and self._ahead[0] <= raw_stamp + half_period_s:
            reached.append(self._ahead.popleft())
        return reached

    def close(self) -> None:
        """Let the outlet go."""
        self._inlet.close()

    def _take_in(self, timeout_s: float) -> None:
        pulled = None if self._gone else self._inlet.pull(timeout_s)
        if pulled is None:
            self._gone = True
            return
        self._ahead.extend(stamp for stamp, text in pulled if text.split(" ")[0] == "seam")
