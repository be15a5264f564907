"""The real recordings: every one opens, with the people, classes and lengths that are known of it."""

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from acquisition.recordings.catalogue import find_recordings
from acquisition.recordings.chunks import recording_chunks
from acquisition.recordings.door import open_recording
from contracts.refusal import Refusal

pytestmark = pytest.mark.recordings


def test_the_folder_is_found_whole(recordings: Path) -> None:
    found = Counter(p.relative_to(recordings).parts[0] for p in find_recordings(recordings))
    assert found == {"n2001": 139, "neuromuscular_asc": 236, "emg4": 4, "emgdb": 1, "xdf": 4}


def test_n2001_has_its_people_classes_and_length(recordings: Path) -> None:
    people: dict[str | None, set[str | None]] = defaultdict(set)
    for path in find_recordings(recordings / "n2001"):
        with open_recording(path) as rec:
            assert rec.n_samples == 262_124
            assert rec.description.rate_hz == 23437.5
            assert rec.description.emg_unit == "uV"
            assert rec.labels.dataset == "n2001"
            assert rec.labels.muscle is not None
            assert rec.labels.muscle.startswith("Biceps brachii")
            assert None not in (
                rec.labels.age,
                rec.labels.sex,
                rec.labels.side,
                rec.labels.effort,
                rec.labels.site,
            )
            people[rec.labels.class_name].add(rec.labels.person)
    assert {name: len(who) for name, who in people.items()} == {
        "healthy": 7,
        "myopathy": 5,
        "motor neuron disease": 6,
    }


@pytest.mark.parametrize("stem", ["N2001A01BB12", "N2001C01BB51", "N2001M02BB61", "N2001A07BB10"])
def test_n2001_samples_are_those_of_the_file_turned_over(recordings: Path, stem: str) -> None:
    steps = np.fromfile(recordings / "n2001" / f"{stem}.bin", "<i2", count=262_124, offset=20)
    values = open_recording(recordings / "n2001" / stem).read(0, 262_124)
    assert np.array_equal(values[:, 0], (steps / -13.107).astype(np.float32))
    assert np.abs(values).max() <= 2500.1


def test_the_clipped_record_reaches_full_scale(recordings: Path) -> None:
    values = open_recording(recordings / "n2001" / "N2001M02BB61.hea").read(0, 262_124)
    assert np.count_nonzero(values == np.float32(32768 / 13.107)) == 5643
    assert np.isfinite(values).all()


def test_the_needle_set_has_its_people_and_classes(recordings: Path) -> None:
    people: dict[str | None, set[str | None]] = defaultdict(set)
    muscles: Counter[str | None] = Counter()
    for path in find_recordings(recordings / "neuromuscular_asc"):
        with open_recording(path) as rec:
            assert rec.n_samples in (163_840, 163_841)
            assert rec.description.rate_hz == 32768.0
            people[rec.labels.class_name].add(rec.labels.person)
            muscles[rec.labels.muscle] += 1
            assert rec.labels.class_name is not None
            assert rec.labels.class_name.capitalize() == path.parent.name
            assert rec.labels.muscle is not None
            assert rec.labels.muscle.split()[0] in path.parent.parent.name
    assert {name: len(who) for name, who in people.items()} == {
        "healthy": 40,
        "myopathy": 75,
        "neuropathy": 73,
    }
    assert len(muscles) == 2


def test_emgdb(recordings: Path) -> None:
    rec = open_recording(recordings / "emgdb" / "emg_healthy.dat")
    assert (rec.n_samples, rec.description.rate_hz) == (50_860, 4000.0)
    assert (rec.labels.class_name, rec.labels.age, rec.labels.sex) == ("healthy", 44, "male")
    assert rec.labels.muscle == "Tibialis anterior"
    steps = np.fromfile(recordings / "emgdb" / "emg_healthy.dat", "<i2")
    assert rec.read(0, 50_860)[:, 0] == pytest.approx(steps / 10.0, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "lines", "gesture"),
    [("0", 2316, "rock"), ("1", 2313, "scissors"), ("2", 2343, "paper"), ("3", 2325, "ok")],
)
def test_emg4(recordings: Path, name: str, lines: int, gesture: str) -> None:
    path = recordings / "emg4" / f"{name}.csv"
    rec = open_recording(path)
    assert rec.n_samples == lines * 8
    assert len(rec.description.emg) == 8
    assert rec.description.emg_unit == "counts"
    assert rec.labels.class_name == gesture
    table = np.loadtxt(path, delimiter=",")
    assert np.array_equal(rec.read(8, 16), table[1, :64].reshape(8, 8))


def test_the_lsl_recording_has_no_hole_and_its_markers(recordings: Path) -> None:
    """Its stamps run backwards 763 times, and its sample count fits its length: nothing was lost."""
    rec = open_recording(recordings / "xdf" / "emg_openbci_8ch_markers.xdf")
    assert (rec.n_samples, len(rec.description.emg), rec.description.rate_hz) == (47_420, 8, 250.0)
    assert rec.gaps == ()
    assert len(rec.annotations) == 136
    assert all(0 <= a.index < 47_420 for a in rec.annotations)
    assert any("763 stamps" in note for note in rec.description.notes)


def test_a_reset_clock_leaves_one_long_hole(recordings: Path) -> None:
    rec = open_recording(recordings / "xdf" / "clock_resets.xdf")
    assert rec.n_samples == 27_815
    (long,) = [g for g in rec.gaps if g.missing > 100]
    assert long.missing == pytest.approx(273.5 * 92, rel=0.02)
    assert long.uncertainty > 1000, "the stamps advance at 92 Hz, the header says 100"
    assert all(g.missing <= 2 for g in rec.gaps if g is not long)
    chunks = list(recording_chunks(rec, 1000))
    assert sum(c.samples.shape[0] for c in chunks) == 27_815
    assert chunks[-1].stop_index == 27_815 + sum(g.missing for g in rec.gaps)


def test_small_xdf_files_open_or_say_why_not(recordings: Path) -> None:
    rec = open_recording(recordings / "xdf" / "minimal.xdf")
    assert rec.read(0, 2).tolist() == [[192, 255, 238], [12, 22, 32]]
    assert [a.text for a in rec.annotations][1:5] == ["Hello", "World", "from", "LSL"]
    with pytest.raises(Refusal, match=r"no EMG channel in stream 'Data stream: test stream 0 counter'"):
        open_recording(recordings / "xdf" / "empty_streams.xdf")


def test_a_table_of_results_is_refused(recordings: Path) -> None:
    with pytest.raises(Refusal, match=r"no sampling rate in muap\.csv"):
        open_recording(recordings / "muap_table" / "muap.csv")
