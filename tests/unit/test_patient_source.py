"""The patient as a source: the same bits however it is read, and the truth that belongs to them."""

from collections.abc import Iterator

import msgspec
import numpy as np
import pytest

from processing.recording_chain import ChainSettings
from simulators.patient.bank import TICKS
from simulators.patient.performance import Performance
from simulators.patient.person import Disorder, Person
from simulators.patient.potentials import mean_potential
from simulators.patient.script import MuscleScript, Phase, Script
from simulators.patient.source import PatientSource
from simulators.patient.spontaneous import SpontaneousSpec
from simulators.patient.truth import TOLD_UV, TruthTable, truth

RATE_HZ = 12_000.0
QUIET = ChainSettings(highpass_hz=0.0, lowpass_hz=0.0, thermal_uv=0.0, full_scale_uv=1e5)


def script(seed: int = 3, chain: ChainSettings | None = None) -> Script:
    return Script(
        seed=seed,
        patient=Person(50, "male", (Disorder("neuropathy", 0.6, "subacute"),)),
        muscles=(
            MuscleScript(
                "biceps",
                sites=2,
                phases=(Phase("insertion", 0.4), Phase("rest", 0.7), Phase("minimal", 1.1)),
                last_phases=(),
                spontaneous=(SpontaneousSpec("fibrillation potential", count=2, rate_hz=9.0),),
            ),
            MuscleScript("tongue", sites=1, phases=(Phase("maximal", 0.6),), last_phases=()),
        ),
        pause_s=0.3,
        rate_hz=RATE_HZ,
        chain=chain,
    )


@pytest.fixture(scope="module")
def source() -> Iterator[PatientSource]:
    made = PatientSource(script())
    yield made
    made.close()


@pytest.fixture(scope="module")
def whole(source: PatientSource) -> np.ndarray:
    assert source.n_samples is not None
    return source.read(0, source.n_samples)


def test_it_is_as_long_as_its_script(source: PatientSource, whole: np.ndarray) -> None:
    assert source.n_samples == whole.shape[0] == round((2 * 2.2 + 0.3 + 0.6) * RATE_HZ)
    assert whole.shape[1] == 1
    assert whole.dtype == np.float32
    assert source.read(whole.shape[0] - 5, whole.shape[0] + 100).shape == (5, 1)
    assert source.description.subject.muscle == "biceps"
    assert source.description.model == "virtual patient"


@pytest.mark.parametrize("seed", [0, 1])
def test_chunking_changes_no_bit(whole: np.ndarray, seed: int) -> None:
    rng, at, pieces = np.random.default_rng(seed), 0, []
    again = PatientSource(script())
    while at < whole.shape[0]:
        n = int(rng.integers(1, 9000))
        pieces.append(again.read(at, at + n))
        at += n
    again.close()
    np.testing.assert_array_equal(np.concatenate(pieces), whole)


def test_jumping_changes_no_bit(whole: np.ndarray) -> None:
    again = PatientSource(script())
    for first in (40_000, 500, 30_000, 0, 26_395, 52_000):
        np.testing.assert_array_equal(again.read(first, first + 3_000), whole[first : first + 3_000])
    again.close()


def test_another_seed_is_another_signal(whole: np.ndarray) -> None:
    other = PatientSource(script(seed=4))
    assert not np.array_equal(other.read(0, 5_000), whole[:5_000])
    other.close()


def test_annotations_are_the_same_however_they_are_asked_for(
    source: PatientSource, whole: np.ndarray
) -> None:
    at_once = source.annotations_in(0, whole.shape[0])
    pieces = [
        source.annotations_in(at, min(at + 7_777, whole.shape[0])) for at in range(0, whole.shape[0], 7_777)
    ]
    assert sorted((e.index, e.text) for piece in pieces for e in piece) == sorted(
        (e.index, e.text) for e in at_once
    )
    texts = [event.text for event in at_once]
    assert texts.count("needle out") == 1
    assert [t for t in texts if t.startswith("muscle")] == ["muscle right biceps", "muscle right tongue"]
    assert [t for t in texts if t.startswith("phase")].count("phase rest") == 2
    assert sum(t.startswith("fibrillation potential") for t in texts) > 10
    assert sum(t.startswith("motor unit") for t in texts) > 20


def test_nothing_voluntary_at_rest_and_nothing_at_all_while_the_needle_is_out(source: PatientSource) -> None:
    rest = [phase for stay in source.stays for phase in stay.phases if phase.kind == "rest"]
    out = next(stay for stay in source.stays if stay.muscle is None)
    for number in range(source.n_segments):
        made = source.segment(number)
        told = truth(made)
        kinds = np.array(told.kind)
        for phase in rest:
            within = (told.index >= phase.first) & (told.index < phase.stop)
            assert "motor unit" not in kinds[within]
        assert not np.any((told.index >= out.first) & (told.index < out.stop))


def test_the_signal_is_what_the_truth_says() -> None:
    """Without noise, the potentials of all discharges put at their times are the signal.

    At rest: spontaneous sources neither vary from discharge to discharge nor hear the needle creep.
    """
    about = msgspec.structs.replace(script().muscles[0], phases=(Phase("rest", 1.1),), sites=1)
    alone = PatientSource(msgspec.structs.replace(script(chain=QUIET), muscles=(about,)))
    n = alone.stays[0].stop
    signal = alone.read(0, n)[:, 0]
    expected = np.zeros(n + 4_000)
    for number in range(alone.n_segments):
        made = alone.segment(number)
        assert made.scene is not None
        found = made.discharges
        for at, source, gain in zip(found.at_ticks, found.source, found.gain, strict=True):
            sample, row = divmod(int(at), TICKS)
            rest = made.scene.place.sources[source].rest[row]
            first = made.first + sample
            expected[first : first + rest.shape[0]] += gain * rest
    np.testing.assert_allclose(signal, expected[:n], atol=0.01)
    assert np.ptp(signal) > 20
    alone.close()


def test_the_table_of_truth_holds_every_discharge_and_every_position(source: PatientSource) -> None:
    table = TruthTable(source.rate_hz)
    n = 0
    for number in range(source.n_segments):
        made = source.segment(number)
        table.add(made)
        n += len(made.discharges)
    columns = table.take()
    assert set(columns) == set(TruthTable.UNITS)
    assert {len(column) for column in columns.values()} == {n}
    assert len(table) == 0
    assert np.all(np.diff(np.asarray(columns["at_sample"])) >= 0)
    assert [(stay["muscle"], stay["site"]) for stay in table.stays] == [
        ("biceps brachii", 1),
        ("biceps brachii", 2),
        ("tongue", 1),
    ]
    loud = np.asarray(columns["amplitude_uv"]) >= TOLD_UV
    told = source.annotations_in(0, source.n_samples or 0)
    assert loud.sum() == sum(event.text[-1].isdigit() and not event.text.startswith("site") for event in told)


def test_a_unit_sounds_like_its_mean_potential(source: PatientSource) -> None:
    scene = source.scene_of(source.stays[0])
    loudest = int(np.argmax(scene.amplitudes_uv))
    potential = mean_potential(scene.place.sources[loudest])
    assert np.ptp(potential) == pytest.approx(scene.amplitudes_uv[loudest])


def test_a_copy_of_a_performance_goes_on_alike(source: PatientSource) -> None:
    scene = source.scene_of(source.stays[0])

    def played(performance: Performance) -> np.ndarray:
        out = np.zeros(3_000 + performance.place.reach)
        performance.play(3_000, np.random.default_rng(1), out)
        return out

    first = scene.performance.copy()
    played(first)
    twin = first.copy()
    np.testing.assert_array_equal(played(first), played(twin))
