"""XDF files with several streams, messy stamps and damage."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from acquisition.recordings.door import open_recording
from contracts.refusal import Refusal
from tests.doubles_recordings import ramp
from tests.doubles_xdf import XdfStream, write_xdf

RATE_HZ = 500.0


def emg(n: int = 400, **changes: object) -> XdfStream:
    given: dict[str, object] = {
        "name": "Amp",
        "kind": "EMG",
        "rate_hz": RATE_HZ,
        "stamps": 1000 + np.arange(n) / RATE_HZ,
        "values": ramp(n, 2),
        "channels": (
            {"label": "EMG1", "unit": "millivolts", "type": "EMG"},
            {"label": "T", "type": "Trigger"},
        ),
    }
    return XdfStream(**(given | changes))  # pyright: ignore[reportArgumentType]


def markers(*events: tuple[float, str], name: str = "Events") -> XdfStream:
    return XdfStream(name, "Markers", 0.0, [s for s, _ in events], [t for _, t in events], "string")


def acc(n: int = 40) -> XdfStream:
    return XdfStream("Acc", "Accelerometer", 50.0, 1000 + np.arange(n) / 50, ramp(n, 3))


def test_the_emg_stream_is_chosen_converted_and_described(tmp_path: Path) -> None:
    stream = emg(subject={"muscle": "Deltoid", "side": "left", "age": "61", "name": "Somebody"})
    rec = open_recording(write_xdf(tmp_path / "a.xdf", [acc(), stream]))
    assert rec.format == "xdf"
    assert rec.description.rate_hz == RATE_HZ
    assert [(c.label, c.unit, c.role) for c in rec.description.channels] == [
        ("EMG1", "uV", "emg"),
        ("T", "", "trigger"),
    ]
    assert rec.description.subject.muscle == "Deltoid"
    assert (rec.labels.side, rec.labels.age) == ("left", 61)
    assert "Somebody" not in f"{rec.labels} {rec.description}"
    assert rec.read(10, 13)[:, 0].tolist() == [10_000, 11_000, 12_000]
    assert rec.read_aux(10, 13)[:, 0].tolist() == [1010, 1011, 1012]
    assert rec.gaps == ()


@pytest.mark.parametrize("number_format", ["float32", "double64", "int16", "int32"])
def test_every_number_format_gives_the_same_samples(tmp_path: Path, number_format: str) -> None:
    path = write_xdf(tmp_path / "a.xdf", [emg(number_format=number_format)])
    assert open_recording(path).read(0, 400)[:, 0] == pytest.approx(ramp(400)[:, 0] * 1000)


@pytest.mark.parametrize("name", ["a.xdfz", "a.xdf.gz"])
def test_compressed_files_open(tmp_path: Path, name: str) -> None:
    whole = write_xdf(tmp_path / "a.xdf", [emg()]).read_bytes()
    (tmp_path / name).write_bytes(gzip.compress(whole))
    assert open_recording(tmp_path / name).n_samples == 400
    (tmp_path / name).write_bytes(gzip.compress(whole)[:-200])
    with pytest.raises(Refusal, match="cut short"):
        open_recording(tmp_path / name)


def test_two_emg_streams_are_refused_and_listed_until_one_is_chosen(tmp_path: Path) -> None:
    path = write_xdf(tmp_path / "a.xdf", [emg(), emg(300, name="Other", source_id="dev-2"), markers()])
    with pytest.raises(Refusal, match=r"'Amp' \(signal, type 'EMG', 2 ch, 500 Hz, 400 samples\); 'Other'"):
        open_recording(path)
    assert open_recording(path, stream="Other").n_samples == 300
    assert open_recording(path, stream="dev-2").n_samples == 300
    assert open_recording(path, stream="1").n_samples == 400
    with pytest.raises(Refusal, match="one signal stream called 'Third'"):
        open_recording(path, stream="Third")


def test_the_only_signal_stream_is_taken_whatever_its_type_and_a_note_says_so(tmp_path: Path) -> None:
    path = write_xdf(tmp_path / "a.xdf", [emg(kind="EEG", channels=()), markers((1000.1, "go"))])
    rec = open_recording(path)
    assert len(rec.description.emg) == 2
    assert "The stream's type is 'EEG', not EMG." in rec.description.notes


@pytest.mark.parametrize("streams", [[], [markers((1.0, "x"))], [emg(0, stamps=[], values=np.empty((0, 2)))]])
def test_a_file_without_samples_is_refused(tmp_path: Path, streams: list[XdfStream]) -> None:
    with pytest.raises(Refusal, match="wanted one EMG or one signal stream"):
        open_recording(write_xdf(tmp_path / "a.xdf", streams))


def test_markers_of_all_streams_lie_at_their_samples(tmp_path: Path) -> None:
    path = write_xdf(
        tmp_path / "a.xdf",
        [
            markers((1000.2, "b"), (1000.7, "c")),
            emg(),
            markers((1000.1, "a"), (900.0, "before"), name="More"),
        ],
    )
    rec = open_recording(path)
    assert [(a.index, a.text) for a in rec.annotations] == [(50, "a"), (100, "b"), (350, "c")]
    assert "1 markers lie outside the signal and were left out." in rec.description.notes


def test_a_hole_becomes_a_gap_and_markers_after_it_count_the_missing_samples(tmp_path: Path) -> None:
    stamps = 1000 + np.arange(400) / RATE_HZ
    stamps[150:] += 70 / RATE_HZ
    path = write_xdf(
        tmp_path / "a.xdf", [emg(stamps=stamps), markers((stamps[200], "late"), (1000.35, "in the hole"))]
    )
    rec = open_recording(path)
    (gap,) = rec.gaps
    assert (gap.at_index, gap.missing, gap.cause, gap.exact) == (220, 70, "recording", False)
    assert [(a.index, a.text) for a in rec.annotations] == [(175, "in the hole"), (270, "late")]
    assert rec.n_samples == 400


def test_backward_stamps_keep_the_order_of_storage(tmp_path: Path) -> None:
    stamps = 1000 + np.arange(400) / RATE_HZ
    stamps[100:110] = stamps[100] - np.arange(10) * 1e-3
    rec = open_recording(write_xdf(tmp_path / "a.xdf", [emg(stamps=stamps)]))
    assert rec.gaps == ()
    assert rec.read(95, 115)[:, 0].tolist() == [i * 1000.0 for i in range(95, 115)]
    assert any("earlier than the one before" in note for note in rec.description.notes)


def test_clocks_are_synchronised_before_markers_are_placed(tmp_path: Path) -> None:
    """The marker's computer is 500 s behind, and says so in its clock offsets."""
    behind = XdfStream(
        "Events",
        "Markers",
        0.0,
        [500.2],
        ["x"],
        "string",
        clock_offsets=[(500.0 + i, 500.0) for i in range(5)],
    )
    signal = emg(clock_offsets=[(1000.0 + i, 0.0) for i in range(5)])
    assert [a.index for a in open_recording(write_xdf(tmp_path / "a.xdf", [signal, behind])).annotations] == [
        100
    ]


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = write_xdf(tmp_path / "a.xdf", [emg()])
    whole = path.read_bytes()
    for length in (6, 40, 300, len(whole) // 2, len(whole) - 3):
        path.write_bytes(whole[:length])
        with pytest.raises(Refusal, match=r"a\.xdf"):
            open_recording(path)


def test_fewer_samples_than_the_footer_says_are_refused_with_both_numbers(tmp_path: Path) -> None:
    path = write_xdf(tmp_path / "a.xdf", [emg(footer_count=900)])
    with pytest.raises(Refusal, match=r"400 samples of stream 'Amp' in a\.xdf; wanted 900"):
        open_recording(path)


def test_one_sample_more_than_the_footer_says_is_no_damage(tmp_path: Path) -> None:
    """Recorders write the last sample after they counted."""
    assert open_recording(write_xdf(tmp_path / "a.xdf", [emg(footer_count=399)])).n_samples == 400


@pytest.mark.parametrize("content", [b"hello", b"XDF:", b"XDF:\x07\x00", b"XDF:" + bytes(100)])
def test_another_file_called_xdf_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xdf"
    path.write_bytes(content)
    with pytest.raises(Refusal, match=r"a\.xdf"):
        open_recording(path)


def test_a_damaged_header_is_refused(tmp_path: Path) -> None:
    path = write_xdf(tmp_path / "a.xdf", [emg()])
    path.write_bytes(path.read_bytes().replace(b"<channel_count>2", b"<channel_count<2"))
    with pytest.raises(Refusal, match=r"damage in a\.xdf"):
        open_recording(path)


def test_the_library_keeps_quiet(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    open_recording(write_xdf(tmp_path / "a.xdf", [emg(), markers((1000.1, "x"))]))
    assert caplog.records == []
    assert capfd.readouterr().err == ""
