"""EDF+ and BDF+ files, looked at with the library that reads them, and what their headers cannot hold."""

from pathlib import Path

import numpy as np
import pyedflib
import pytest

from acquisition.recorder import edf_layout
from acquisition.recorder.recording_writer import recording_writer
from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Annotation
from contracts.records import Channel, StreamDescription, Subject
from contracts.refusal import Refusal
from tests.doubles_recorder import NEEDLE_HZ, needle, noise


def written(path: Path, n: int = 5_000, **changes: object) -> tuple[str, ...]:
    with recording_writer(path, needle(**changes), overwrite=True) as writer:  # pyright: ignore[reportArgumentType]
        writer.write(noise(n, len(needle(**changes).emg)))  # pyright: ignore[reportArgumentType]
    return writer.notes


@pytest.mark.parametrize("suffix", [".edf", ".bdf"])
def test_no_person_no_date_and_a_symmetric_range_stand_in_the_header(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    written(path)
    with pyedflib.EdfReader(str(path)) as reader:
        assert (reader.getPatientName(), reader.getPatientCode(), reader.getBirthdate()) == ("X", "", "")
        assert reader.getStartdatetime().isoformat() == "1985-01-01T00:00:00"
        assert reader.getPatientAdditional() == "age=61 muscle=Biceps_brachii side=left"
        assert reader.getPhysicalMaximum(0) == -reader.getPhysicalMinimum(0)
        peak = float(np.abs(noise(5_000)).max())
        assert peak <= reader.getPhysicalMaximum(0) < peak * 1.001
        assert reader.getPhysicalDimension(0) == "uV"


def test_zero_stays_zero_and_the_largest_values_fit(tmp_path: Path) -> None:
    samples = np.array([[0.0], [-1234.567], [1000.0], [0.0]], np.float32)
    with recording_writer(tmp_path / "a.edf", needle()) as writer:
        writer.write(samples)
    read = open_recording(tmp_path / "a.edf").read(0, 4)
    assert read[[0, 3], 0].tolist() == [0.0, 0.0]
    assert np.abs(read - samples).max() <= 1234.57 / 32_767 / 2


def test_a_silent_channel_is_written(tmp_path: Path) -> None:
    with recording_writer(tmp_path / "a.edf", needle()) as writer:
        writer.write(np.zeros((10, 1), np.float32))
    assert not open_recording(tmp_path / "a.edf").read(0, 10).any()


def test_padding_is_told_marked_and_left_out_by_our_reader(tmp_path: Path) -> None:
    notes = written(tmp_path / "a.edf", 23_431)
    with pyedflib.EdfReader(str(tmp_path / "a.edf")) as reader:
        padding = int(reader.getNSamples()[0]) - 23_431
        onsets, durations, texts = reader.readAnnotations()
    assert padding > 0
    assert texts.tolist() == ["Padding: no signal from here on"]
    assert onsets[0] * NEEDLE_HZ == pytest.approx(23_431, abs=0.01)
    assert durations[0] * NEEDLE_HZ == pytest.approx(padding, abs=0.01)
    assert f"The last record is padded with {padding} zeros, which an annotation marks." in notes
    rec = open_recording(tmp_path / "a.edf")
    assert (rec.n_samples, rec.annotations) == (23_431, ())


def test_a_length_that_records_can_fill_is_not_padded(tmp_path: Path) -> None:
    notes = written(tmp_path / "a.edf", 2 * 46_875)
    assert not any("padded" in note for note in notes)


@pytest.mark.parametrize(
    ("rate_hz", "n_channels"), [(NEEDLE_HZ, 1), (32_768.0, 2), (2_000.0, 64), (4_882.8125, 8)]
)
def test_records_are_short_and_state_the_rate(rate_hz: float, n_channels: int) -> None:
    records = edf_layout.records_of(rate_hz, 100_003, n_channels, edf_layout.EDF)
    assert records.n_samples * n_channels * 2 <= 61_440
    assert records.duration_s <= 1
    assert records.rate_hz == pytest.approx(rate_hz, rel=1e-12)
    assert 0 <= records.n_records * records.n_samples - 100_003 < records.n_samples


def test_a_rate_that_six_decimals_cannot_state_is_told(tmp_path: Path) -> None:
    notes = written(tmp_path / "a.edf", rate_hz=44_099.7123)
    assert any("The header states 44099.7" in note for note in notes)


def test_two_thousand_annotations_in_a_second_are_all_kept(tmp_path: Path) -> None:
    with recording_writer(tmp_path / "a.edf", needle()) as writer:
        writer.write(noise(23_438))
        for i in range(0, 23_438, 11):
            writer.annotate(Annotation(i, 0, f"unit {i}"))
    assert [a.index for a in open_recording(tmp_path / "a.edf").annotations] == list(range(0, 23_438, 11))


@pytest.mark.parametrize(
    ("described", "says"),
    [
        (needle(channels=(Channel("EMG of a very long name", "uV"),)), "plain characters"),
        (needle(channels=(Channel("EMG µ", "uV"),)), "plain characters"),
        (needle(subject=Subject(muscle="m" * 80)), "plain characters"),
        (needle(channels=(*needle().channels, Channel("n", "", "counter"))), "a counter"),
    ],
)
def test_what_the_header_cannot_hold_is_refused_before_the_first_sample(
    tmp_path: Path, described: StreamDescription, says: str
) -> None:
    with pytest.raises(Refusal, match=says):
        recording_writer(tmp_path / "a.edf", described)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_number_that_is_none_is_refused_with_its_place(tmp_path: Path, value: float) -> None:
    samples = noise(50)
    samples[7] = value
    with recording_writer(tmp_path / "a.edf", needle()) as writer:
        writer.write(noise(50))
        with pytest.raises(Refusal, match="no finite number at sample 57"):
            writer.write(samples)
    assert open_recording(tmp_path / "a.edf").n_samples == 50


@pytest.mark.parametrize("text", ["", "x" * 501])
def test_a_text_that_readers_would_lose_is_refused(tmp_path: Path, text: str) -> None:
    with recording_writer(tmp_path / "a.bdf", needle()) as writer:
        writer.write(noise(10))
        with pytest.raises(Refusal, match="between 1 and 500 bytes"):
            writer.annotate(Annotation(4, 0, text))


def test_values_beyond_the_header_are_refused_and_leave_no_file(tmp_path: Path) -> None:
    with (
        pytest.raises(Refusal, match="below ten million"),
        recording_writer(tmp_path / "a.edf", needle()) as writer,
    ):
        writer.write(np.full((3, 1), 2e7, np.float32))
    assert list(tmp_path.iterdir()) == []
