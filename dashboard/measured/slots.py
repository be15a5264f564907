"""Colours and places on the page for motor units: a unit keeps its colour for as long as it is shown."""

from contracts.measured import Unit

N_SLOTS = 8
"""As many colours as stay apart for colour-blind eyes."""
LEAVES_AFTER_S = 15.0
"""Of signal, after a unit has ended: long enough to see that it did. At rest the last ones stay to be looked at,
until another effort."""
N_IN_A_ROW = 4
N_WAITING = 32
"""Units without a place that are remembered."""


class HeldUnit:
    """A unit as it was told last, where it is shown, and since when it is over."""

    def __init__(self, unit: Unit, slot: int | None) -> None:
        self.unit = unit
        self.slot = slot
        """Its colour; None while all are taken."""
        self.place: int | None = None
        """Where it stands. It moves only where that saves a row."""
        self.ended_at: int | None = None


class UnitSlots:
    """The units of one channel. Bounded: who has ended leaves after a while, at once where others wait."""

    def __init__(self, rate_hz: float) -> None:
        self._held: dict[int, HeldUnit] = {}
        self._stay = round(LEAVES_AFTER_S * rate_hz)

    def take(self, unit: Unit, newest_index: int) -> bool:
        """The newest message of a unit holds; False when it says nothing new."""
        held = self._held.get(unit.unit)
        if held is not None and held.unit == unit:
            return False
        if held is None:
            if unit.fate != "followed":
                return False
            if not self._fires():
                self._held.clear()  # another effort: whoever fired in the one before makes room
            held = self._held[unit.unit] = HeldUnit(unit, self._free())
            held.place = self._free_place(held)
        held.unit = unit
        if unit.fate == "followed":
            held.ended_at = None
        elif held.ended_at is None:
            held.ended_at = newest_index
        self.tidy(newest_index)
        return True

    def begin_from(self, index: int) -> None:
        """Let go of whoever discharged last before `index`."""
        self._held = {number: held for number, held in self._held.items() if held.unit.at_index >= index}

    def tidy(self, newest_index: int) -> bool:
        """Let go of whoever ended long ago; True when somebody left. Without anybody who fires nobody leaves."""
        fires = self._fires()
        gone = [
            number
            for number, held in self._held.items()
            if fires and held.ended_at is not None and newest_index - held.ended_at > self._stay
        ]
        for number in gone:
            del self._held[number]
        waiting = [held for held in self._held.values() if held.slot is None]
        for held in waiting:
            held.slot = self._free()
            held.place = self._free_place(held)
        for held in [held for held in waiting if held.slot is None][:-N_WAITING]:
            del self._held[held.unit.unit]
        self._close_ranks()
        return bool(gone)

    def shown(self) -> list[HeldUnit]:
        """Units that have a place, in the order of the places."""
        return sorted((h for h in self._held.values() if h.slot is not None), key=lambda held: held.slot or 0)

    def waiting(self) -> int:
        """How many followed units have no place."""
        return sum(held.slot is None and held.ended_at is None for held in self._held.values())

    def _fires(self) -> bool:
        return any(held.ended_at is None for held in self._held.values())

    def _free_place(self, newcomer: HeldUnit) -> int | None:
        """The first place where nobody stands; None for who has no colour."""
        if newcomer.slot is None:
            return None
        taken = {held.place for held in self._held.values() if held is not newcomer}
        return next(place for place in range(N_SLOTS) if place not in taken)

    def _close_ranks(self) -> None:
        """Who stands in the second row comes to the first, where that holds all."""
        shown = self.shown()
        if len(shown) > N_IN_A_ROW:
            return
        taken = {held.place for held in shown}
        free = [place for place in range(N_IN_A_ROW) if place not in taken]
        for held in shown:
            if held.place is not None and held.place >= N_IN_A_ROW:
                held.place = free.pop(0)

    def _free(self) -> int | None:
        """The first place that is free, or that of the unit that ended first."""
        taken = {held.slot: held for held in self._held.values()}
        for slot in range(N_SLOTS):
            if slot not in taken:
                return slot
        over = [held for held in self.shown() if held.ended_at is not None]
        if not over:
            return None
        first = min(over, key=lambda held: held.ended_at or 0)
        del self._held[first.unit.unit]
        return first.slot
