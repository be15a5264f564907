"""The phase that measures go by: what the signal says, or the examiner."""

from contracts.measured import PhaseChanged, PhaseKind

EFFORTS: frozenset[PhaseKind] = frozenset(("minimal", "moderate", "maximal"))


class CurrentPhase:
    """Holds both words; the examiner's stands above the signal's until it is taken back."""

    def __init__(self, channel: int) -> None:
        self._channel = channel
        self._asked: PhaseKind | None = None
        self._automatic: PhaseKind = "unknown"
        self._told: tuple[object, ...] = ()
        self._last: PhaseChanged | None = None

    @property
    def phase(self) -> PhaseKind:
        """What holds."""
        return self._asked or self._automatic

    @property
    def asked(self) -> PhaseKind | None:
        """The examiner's word that stands; None without one."""
        return self._asked

    def ask(self, phase: PhaseKind | None) -> None:
        """The examiner's word; None takes it back."""
        self._asked = phase

    def find(self, phase: PhaseKind) -> None:
        """The signal's word."""
        self._automatic = phase

    def news(self, at_index: int, site: int, insertional_s: float | None) -> list[PhaseChanged]:
        """What there is to tell, if it was not told before."""
        now = (self.phase, self._asked is None, self._automatic, site)
        if now == self._told and insertional_s is None:
            return []
        self._told = now
        if self._last is not None:
            at_index = max(at_index, self._last.at_index)
        origin = "automatic" if self._asked is None else "operator"
        self._last = PhaseChanged(
            self._channel, at_index, self.phase, origin, self._automatic, site, insertional_s
        )
        return [self._last]

    @property
    def last(self) -> PhaseChanged | None:
        """What was told last."""
        return self._last
