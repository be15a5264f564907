"""Faults on the wire: each does exactly what it says, and says what it did."""

from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import pytest

from contracts.records import StreamDescription
from contracts.refusal import Refusal
from simulators import faults
from simulators.fault_settings import FaultSettings, Misstatement, ScheduledFault, load_faults
from simulators.faults import FaultyOutlet
from tests.doubles import ArraySource, FakeClock, KeepingOutlet

RATE_HZ = 1000.0
CHUNK = 10
DESCRIPTION = ArraySource(1, RATE_HZ, n_emg=2).description


class OneOfSeveral(KeepingOutlet):
    """An outlet that can be closed."""

    closed = False

    def close(self) -> None:
        """Remember it."""
        assert not self.closed
        self.closed = True


@dataclass
class Rig:
    """A faulty outlet, and every outlet that it opened."""

    settings: FaultSettings
    description: StreamDescription = DESCRIPTION
    clock: FakeClock = field(default_factory=FakeClock)
    opened: list[tuple[StreamDescription, OneOfSeveral]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outlet = FaultyOutlet(self.description, self._open, self.settings)

    def _open(self, description: StreamDescription) -> OneOfSeveral:
        self.opened.append((description, OneOfSeveral(self.clock)))
        return self.opened[-1][1]

    def play(self, n_chunks: int = 20, first_chunk: int = 0) -> None:
        """Push chunks of CHUNK samples that are their numbers, stamped as a player stamps them."""
        for k in range(first_chunk, first_chunk + n_chunks):
            numbers = np.arange(k * CHUNK, (k + 1) * CHUNK)
            samples = np.repeat(numbers[:, None], len(self.description.emg), axis=1).astype(np.float32)
            self.outlet.push(samples, np.empty((CHUNK, 0)), k * CHUNK, self.stamp(k))

    def stamp(self, chunk: int) -> float:
        """Of the last sample of a chunk."""
        return 100.0 + ((chunk + 1) * CHUNK - 1) / RATE_HZ

    @property
    def order(self) -> list[int]:
        """Chunks in the order of their arrival."""
        return [push.first_index // CHUNK for _, outlet in self.opened for push in outlet.pushes]

    @property
    def truth(self) -> list[tuple[str, int, int]]:
        return [(fault.kind, fault.index, fault.n_samples) for fault in self.outlet.injected]


def scheduled(kind: str, at_s: float = 0.05, seconds: float = 0.03, **others: float) -> FaultSettings:
    fault = {"kind": kind, "at_s": at_s, "seconds": seconds}
    return msgspec.convert({"scheduled": [fault], **others}, FaultSettings)


def test_without_faults_nothing_changes() -> None:
    rig = Rig(FaultSettings())
    rig.play()
    assert rig.order == list(range(20))
    ((description, outlet),) = rig.opened
    assert description == DESCRIPTION
    assert [push.stamp for push in outlet.pushes] == [rig.stamp(k) for k in range(20)]
    assert rig.truth == []


@pytest.mark.parametrize(
    ("kind", "order"),
    [
        ("drop", [0, 1, 2, 3, 4, 6, 7, 8, 9]),
        ("duplicate", [0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9]),
        ("reorder", [0, 1, 2, 3, 4, 6, 5, 7, 8, 9]),
        ("late", [0, 1, 2, 3, 4, 6, 7, 8, 5, 9]),
    ],
)
def test_what_becomes_of_one_chunk(kind: str, order: list[int]) -> None:
    rig = Rig(scheduled(kind))
    rig.play(10)
    assert rig.order == order
    assert rig.truth == [(kind, 50, CHUNK)]
    for push in rig.opened[0][1].pushes:
        np.testing.assert_array_equal(push.samples[:, 0], push.first_index + np.arange(CHUNK))
        assert push.stamp == rig.stamp(push.first_index // CHUNK)


def test_a_stall_holds_samples_and_markers_and_lets_them_go_in_order() -> None:
    rig = Rig(scheduled("stall"))
    rig.play(7)
    rig.outlet.mark("within", rig.stamp(6))
    assert rig.order == [0, 1, 2, 3, 4]
    rig.play(3, first_chunk=7)
    assert rig.order == list(range(10))
    events = rig.opened[0][1].events
    assert events[events.index("mark within") - 1] == "push 60"
    assert rig.truth == [("stall", 50, 3 * CHUNK)]


def test_what_a_stall_holds_at_the_end_is_sent_before_the_end() -> None:
    rig = Rig(scheduled("stall", seconds=10.0))
    rig.play(10)
    rig.outlet.drain(1.0)
    assert rig.order == list(range(10))
    assert rig.opened[0][1].drained


def test_a_disconnection_takes_the_outlet_away_and_brings_another() -> None:
    rig = Rig(scheduled("disconnect"))
    rig.play(7)
    assert rig.opened[0][1].closed
    assert not rig.outlet.has_consumer()
    rig.outlet.mark("lost", rig.stamp(6))
    rig.play(3, first_chunk=7)
    assert rig.order == [0, 1, 2, 3, 4, 8, 9]
    assert len(rig.opened) == 2
    assert not any(outlet.marks for _, outlet in rig.opened)
    assert rig.truth == [("disconnect", 50, 3 * CHUNK), ("return", 80, 0)]


def test_a_disconnection_to_the_end_is_told_too() -> None:
    rig = Rig(scheduled("disconnect", seconds=10.0))
    rig.play(10)
    rig.outlet.close()
    assert rig.truth == [("disconnect", 50, 5 * CHUNK)]
    assert len(rig.opened) == 1


def test_it_comes_back_saying_something_else() -> None:
    settings = msgspec.structs.replace(scheduled("disconnect"), metadata_on_return=Misstatement(unit="mV"))
    rig = Rig(settings)
    rig.play(10)
    assert [description.emg[0].unit for description, _ in rig.opened] == ["uV", "mV"]
    assert rig.outlet.injected[-1].detail == "unit 'mV' for 'uV'"


def test_a_clock_jump_moves_the_stamps_from_there_on() -> None:
    rig = Rig(scheduled("clock jump", seconds=-0.4))
    rig.play(10)
    rig.outlet.mark("after", rig.stamp(9))
    outlet = rig.opened[0][1]
    expected = [rig.stamp(k) - (0.4 if k >= 5 else 0.0) for k in range(10)]
    assert [push.stamp for push in outlet.pushes] == pytest.approx(expected, abs=1e-9)
    assert outlet.marks == [("after", pytest.approx(expected[-1], abs=1e-9))]
    assert rig.outlet.injected[0].detail == "-0.4 s"


def test_a_drifting_clock_runs_fast_from_the_first_stamp() -> None:
    rig = Rig(FaultSettings(clock_drift_ppm=10_000))
    rig.play(10)
    stamps = np.array([push.stamp for push in rig.opened[0][1].pushes])
    true = np.array([rig.stamp(k) for k in range(10)])
    np.testing.assert_allclose(stamps - stamps[0], 1.01 * (true - true[0]), atol=1e-9)
    assert stamps[0] == true[0]


def test_chances_hold_and_every_fault_is_told() -> None:
    rig = Rig(FaultSettings(seed=3, drop=0.05, duplicate=0.05))
    rig.play(2000)
    dropped = [index // CHUNK for kind, index, _ in rig.truth if kind == "drop"]
    doubled = [index // CHUNK for kind, index, _ in rig.truth if kind == "duplicate"]
    assert set(range(2000)) - set(rig.order) == set(dropped)
    assert sorted(rig.order) == sorted([*(set(range(2000)) - set(dropped)), *doubled])
    assert 60 < len(dropped) < 140
    assert 60 < len(doubled) < 140


def test_the_seed_decides() -> None:
    def truth(seed: int) -> list[tuple[str, int, int]]:
        rig = Rig(FaultSettings(seed=seed, drop=0.1, late=0.1, reorder=0.1))
        rig.play(200)
        return rig.truth

    assert truth(1) == truth(1)
    assert truth(1) != truth(2)


def test_all_at_once_nothing_is_lost_but_what_is_told() -> None:
    faults = FaultSettings(
        drop=0.05, duplicate=0.05, reorder=0.05, late=0.05, late_s=0.05, stall=0.02, stall_s=0.06,
        scheduled=(ScheduledFault("disconnect", 5.0, 0.2), ScheduledFault("disconnect", 5.1, 0.2)),
    )  # fmt: skip
    rig = Rig(faults)
    rig.play(2000)
    rig.outlet.drain(0.0)
    lost = sum(n for kind, _, n in rig.truth if kind in ("drop", "disconnect"))
    assert len(set(rig.order)) * CHUNK == 2000 * CHUNK - lost
    assert len(rig.opened) == 3


@pytest.mark.parametrize(
    ("wrong", "units", "rate_hz", "type_", "told"),
    [
        (Misstatement(unit=""), ["", ""], RATE_HZ, "EMG", "unit '' for 'uV'"),
        (Misstatement(rate_hz=500.0), ["uV", "uV"], 500.0, "EMG", "rate_hz 500.0 for 1000.0"),
        (Misstatement(channels=3), ["uV", "uV", "uV"], RATE_HZ, "EMG", "channels 3 for 2"),
        (Misstatement(channels=1), ["uV"], RATE_HZ, "EMG", "channels 1 for 2"),
        (Misstatement(type="EEG"), ["uV", "uV"], RATE_HZ, "EEG", "type 'EEG' for 'EMG'"),
    ],
)
def test_metadata_that_are_wrong(
    wrong: Misstatement, units: list[str], rate_hz: float, type_: str, told: str
) -> None:
    rig = Rig(FaultSettings(metadata=wrong))
    rig.play(2)
    ((description, outlet),) = rig.opened
    assert [channel.unit for channel in description.emg] == units
    assert (description.rate_hz, description.type) == (rate_hz, type_)
    assert outlet.pushes[0].samples.shape == (CHUNK, len(units))
    assert [(fault.kind, fault.detail) for fault in rig.outlet.injected] == [("metadata", told)]


def test_added_channels_are_silent_and_auxiliary_ones_stay() -> None:
    source = ArraySource(1, RATE_HZ, n_emg=1, n_aux=1)
    rig = Rig(FaultSettings(metadata=Misstatement(channels=2)), source.description)
    rig.outlet.push(np.ones((3, 1), np.float32), np.full((3, 1), 7.0), 0, 100.0)
    description, outlet = rig.opened[0]
    assert [channel.role for channel in description.channels] == ["emg", "emg", "aux"]
    np.testing.assert_array_equal(outlet.pushes[0].samples, [[1, 0]] * 3)
    np.testing.assert_array_equal(outlet.pushes[0].aux, [[7]] * 3)


def test_a_rate_error_is_a_device_that_samples_faster_than_it_says() -> None:
    rig = Rig(FaultSettings(rate_error_ppm=1000))
    assert rig.opened[0][0].rate_hz == pytest.approx(RATE_HZ / 1.001)


def written(folder: Path, text: str) -> Path:
    (folder / "faults.toml").write_text(text, encoding="utf-8")
    return folder / "faults.toml"


def test_faults_from_a_file_with_a_table_or_without(tmp_path: Path) -> None:
    text = 'drop = 0.01\n[[{}scheduled]]\nkind = "late"\nat_s = 3.0\nseconds = 0.2\n'
    expected = FaultSettings(drop=0.01, scheduled=(ScheduledFault("late", 3.0, 0.2),))
    assert load_faults(written(tmp_path, text.format(""))) == expected
    assert load_faults(written(tmp_path, "[faults]\n" + text.format("faults."))) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dropp = 0.1", "unknown key 'dropp'"),
        ("drop = 2.0", "drop = 2.0"),
        ('[[scheduled]]\nkind = "explode"\nat_s = 1.0', "'explode'"),
        ('[[scheduled]]\nkind = "late"\nat_s = 1.0\nseconds = -1.0', "only a clock jump may be negative"),
    ],
)
def test_bad_faults_are_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        load_faults(written(tmp_path, text))


def test_the_example_of_the_documentation_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "replay.md").read_text(encoding="utf-8")
    example = page.partition("```toml\nseed = 1")[2].partition("```")[0]
    assert load_faults(written(tmp_path, "seed = 1" + example)).scheduled[0].kind == "disconnect"


def test_an_hour_of_faults_keeps_the_newest_and_counts_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "_TOLD", 5)
    rig = Rig(FaultSettings(drop=1.0))
    rig.play(20)
    assert rig.outlet.counts == {"drop": 20}
    assert [fault.index for fault in rig.outlet.injected] == [k * CHUNK for k in range(15, 20)]
