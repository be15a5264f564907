"""The patient as a source: the same bits however it is read, and the truth that belongs to them."""

from collections.abc import Iterator

import msgspec
import numpy as np
import pytest

from contracts.refusal import Refusal
from processing.recording_chain import ChainSettings
from simulators.patient import source as source_module
from simulators.patient.bank import TICKS
from simulators.patient.performance import Performance
from simulators.patient.person import Disorder, Person
from simulators.patient.potentials import mean_potential
from simulators.patient.script import MuscleScript, Phase, Script
from simulators.patient.segment import Segment
from simulators.patient.source import PatientSource
from simulators.patient.spontaneous import SpontaneousSpec
from simulators.patient.truth import (
    TOLD_UV,
    TruthTable,
    discharge_annotations,
    phase_annotations,
    truth,
)

pytestmark = pytest.mark.slow

RATE_HZ = 12_000.0
QUIET = ChainSettings(highpass_hz=0.0, lowpass_hz=0.0, thermal_uv=0.0, full_scale_uv=1e5)


def script(seed: int = 3, chain: ChainSettings | None = None) -> Script:
    return Script(
        seed=seed,
        patient=Person(50, "male", (Disorder("neuropathy", 0.6, "subacute"),)),
        muscles=(
            MuscleScript(
                "first dorsal interosseous",
                sites=2,
                drift_mm=0.05,
                phases=(Phase("insertion", 0.4), Phase("rest", 0.7), Phase("minimal", 1.1)),
                last_phases=(),
                spontaneous=(SpontaneousSpec("fibrillation potential", count=2, rate_hz=9.0),),
            ),
            MuscleScript("tongue", sites=1, phases=(Phase("maximal", 0.6),), last_phases=(), drift_mm=0.0),
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
def segments(source: PatientSource) -> list[Segment]:
    """The whole examination, made once: a needle position costs a second."""
    return [source.segment(number) for number in range(source.n_segments)]


@pytest.fixture(scope="module")
def whole(segments: list[Segment]) -> np.ndarray:
    return np.concatenate([made.samples for made in segments])[:, None]


def test_it_is_as_long_as_its_script(source: PatientSource, whole: np.ndarray) -> None:
    assert source.n_samples == whole.shape[0] == round((2 * 2.2 + 0.3 + 0.6) * RATE_HZ)
    assert whole.shape[1] == 1
    assert whole.dtype == np.float32
    np.testing.assert_array_equal(source.read(whole.shape[0] - 5, whole.shape[0] + 100), whole[-5:])
    assert source.description.subject.muscle == "first dorsal interosseous"
    assert source.description.model == "virtual patient"


def test_chunking_and_jumping_change_no_bit(whole: np.ndarray) -> None:
    rng, at, pieces = np.random.default_rng(0), 0, []
    again = PatientSource(script())
    for first in (31_000, 500, 30_000, 26_395):
        np.testing.assert_array_equal(again.read(first, first + 3_000), whole[first : first + 3_000])
    while at < whole.shape[0]:
        n = int(rng.integers(1, 9000))
        pieces.append(again.read(at, at + n))
        at += n
    again.close()
    np.testing.assert_array_equal(np.concatenate(pieces), whole)


def test_another_seed_is_another_signal(whole: np.ndarray) -> None:
    other = PatientSource(script(seed=4))
    assert not np.array_equal(other.read(0, 5_000), whole[:5_000])
    other.close()


def test_annotations_are_the_same_however_they_are_asked_for(source: PatientSource) -> None:
    first = source.stays[0].stop - 5_000
    stop = source.stays[1].phases[2].stop
    at_once = source.annotations_in(first, stop)
    pieces = [source.annotations_in(at, min(at + 7_777, stop)) for at in range(first, stop, 7_777)]
    assert [event for piece in pieces for event in piece] == list(at_once)
    texts = [event.text for event in at_once]
    assert texts.count("site 2") == 1
    assert [t for t in texts if t.startswith("phase")] == ["phase insertion", "phase rest", "phase minimal"]
    assert texts.count("artefact movement") == 1
    assert sum(t.startswith("fibrillation potential") for t in texts) > 10
    assert sum(t.startswith("motor unit") for t in texts) > 5


def test_muscles_sites_and_the_needle_out_are_marked(source: PatientSource) -> None:
    texts = [event.text for event in phase_annotations(source.stays, 0, source.n_samples or 0)]
    assert [t for t in texts if not t.startswith("phase")] == [
        "muscle right first dorsal interosseous",
        "site 1",
        "site 2",
        "needle out",
        "muscle right tongue",
        "site 1",
    ]


def test_nothing_voluntary_at_rest_and_nothing_at_all_while_the_needle_is_out(
    source: PatientSource, segments: list[Segment]
) -> None:
    rest = [phase for stay in source.stays for phase in stay.phases if phase.kind == "rest"]
    out = next(stay for stay in source.stays if stay.muscle is None)
    for made in segments:
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
    about = msgspec.structs.replace(script().muscles[0], phases=(Phase("rest", 1.1),), sites=1, drift_mm=0.0)
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


def test_the_table_of_truth_holds_every_discharge_and_every_position(
    source: PatientSource, segments: list[Segment]
) -> None:
    table = TruthTable(source.rate_hz)
    for made in segments:
        table.add(made)
    n = sum(len(made.discharges) for made in segments)
    columns = table.take()
    assert set(columns) == set(TruthTable.UNITS)
    assert {len(column) for column in columns.values()} == {n}
    assert len(table) == 0
    assert np.all(np.diff(np.asarray(columns["at_sample"])) >= 0)
    assert [(stay["muscle"], stay["site"]) for stay in table.stays] == [
        ("first dorsal interosseous", 1),
        ("first dorsal interosseous", 2),
        ("tongue", 1),
    ]
    loud = np.asarray(columns["amplitude_uv"]) >= TOLD_UV
    told = [discharge_annotations(made, 0, source.n_samples or 0) for made in segments]
    assert loud.sum() == sum(map(len, told)) > 100


def test_a_unit_sounds_like_its_mean_potential(segments: list[Segment]) -> None:
    scene = segments[0].scene
    assert scene is not None
    loudest = int(np.argmax(scene.amplitudes_uv))
    potential = mean_potential(scene.place.sources[loudest])
    assert np.ptp(potential) == pytest.approx(scene.amplitudes_uv[loudest])


def test_a_copy_of_a_performance_goes_on_alike(segments: list[Segment]) -> None:
    scene = segments[0].scene
    assert scene is not None
    assert scene.place.later is not None, "the needle creeps"

    def played(performance: Performance) -> np.ndarray:
        out = np.zeros(3_000 + performance.place.reach)
        performance.play(3_000, np.random.default_rng(1), out)
        return out

    first = scene.performance.copy()
    played(first)
    twin = first.copy()
    np.testing.assert_array_equal(played(first), played(twin))


def test_a_scene_that_cannot_be_made_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise MemoryError("no room for 150 units")

    monkeypatch.setattr(source_module, "scene", fails)
    made = PatientSource(script())
    with pytest.raises(Refusal, match=r"needle position that could not be made .MemoryError: no room"):
        made.read(0, 10)
    made.close()
