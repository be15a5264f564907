"""What the XDF writer writes, read by pyxdf and by our own door."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyxdf

from acquisition.recorder import xdf_chunks
from acquisition.recorder.xdf_writer import XdfWriter
from acquisition.recordings.door import open_recording
from acquisition.recordings.recording import Labels
from acquisition.recordings.xdf_conventions import with_duration
from contracts.records import Channel, StreamDescription
from tests.doubles_recorder import NEEDLE_HZ, needle, noise

COUNTED = Channel("n", "samples", "counter")


def create(path: Path) -> XdfWriter:
    return XdfWriter.create(path, overwrite=False, sync_every_s=None)


def loaded(path: Path, *, dejitter: bool = False) -> list[dict[str, Any]]:
    return pyxdf.load_xdf(path, dejitter_timestamps=dejitter)[0]


@pytest.mark.parametrize("dejitter", [False, True])
@pytest.mark.parametrize("number_format", list(xdf_chunks.NUMBER_FORMATS))
@pytest.mark.parametrize("stamped", ["first", "all"])
def test_samples_and_stamps_come_back(
    tmp_path: Path, number_format: str, stamped: str, dejitter: bool
) -> None:
    values = (noise(1000, 3) % 100).astype(xdf_chunks.NUMBER_FORMATS[number_format])
    stamps = 5000.0 + np.arange(1000) / NEEDLE_HZ
    with create(tmp_path / "a.xdf") as writer:
        stream = writer.open_signal(needle(3, sample_format=number_format))
        for first, stop in ((0, 1), (1, 256), (256, 1000)):
            given = stamps[first:stop] if stamped == "all" else float(stamps[first])
            writer.write_samples(stream, values[first:stop], given)
    (read,) = loaded(tmp_path / "a.xdf", dejitter=dejitter)
    assert read["time_series"].dtype == values.dtype
    assert np.array_equal(read["time_series"], values)
    assert np.abs(read["time_stamps"] - stamps).max() < 1e-9


def test_the_description_comes_back_through_the_door(tmp_path: Path) -> None:
    described = needle(2, channels=(*needle(1).channels, COUNTED), sample_format="double64")
    labels = Labels(dataset="made up", person="made up/1", class_name="healthy", sex="female", effort="max")
    with create(tmp_path / "a.xdf") as writer:
        stream = writer.open_signal(described, labels)
        writer.write_samples(stream, noise(100, 2).astype(np.float64), 0.0)
    rec = open_recording(tmp_path / "a.xdf")
    assert rec.description.channels == described.channels
    assert rec.description.subject == described.subject
    assert rec.description.rate_hz == NEEDLE_HZ
    assert (rec.description.manufacturer, rec.description.model) == ("Nobody", "None")
    assert rec.description.notes == ("Made up.",)
    assert (rec.labels.dataset, rec.labels.person, rec.labels.class_name) == (
        "made up",
        "made up/1",
        "healthy",
    )
    assert (rec.labels.sex, rec.labels.effort, rec.labels.muscle) == ("female", "max", "Biceps brachii")


def test_streams_open_and_end_at_any_time_and_have_footers(tmp_path: Path) -> None:
    with create(tmp_path / "a.xdf") as writer:
        first = writer.open_signal(needle())
        writer.write_samples(first, noise(300), 10.0)
        second = writer.open_signal(needle(2, name="Late", rate_hz=0.0))
        writer.end_stream(first)
        writer.write_samples(second, noise(2, 2), np.array([11.0, 11.5]))
        writer.open_signal(needle(name="Never"))
        with pytest.raises(ValueError, match="ended=True"):
            writer.write_samples(first, noise(1), 12.0)
    needle_, late, never = (s["footer"]["info"] for s in loaded(tmp_path / "a.xdf"))
    assert needle_["sample_count"] == ["300"]
    assert float(needle_["first_timestamp"][0]) == 10.0
    assert float(needle_["last_timestamp"][0]) == pytest.approx(10 + 299 / NEEDLE_HZ, abs=1e-9)
    assert (late["sample_count"], late["last_timestamp"]) == (["2"], ["11.5"])
    assert never == {"sample_count": ["0"]}


def test_markers_with_any_text_and_duration_lie_at_their_samples(tmp_path: Path) -> None:
    texts = ["rest", "", "µV < & > 'x'", "long " * 80, "already [7 samples]"]
    events = [(i * 111, n, text) for i, (n, text) in enumerate(zip([0, 46_875, 3, 1, 0], texts, strict=True))]
    with create(tmp_path / "a.xdf") as writer:
        signal = writer.open_signal(needle())
        markers = writer.open_markers("Needle markers", "needle-1-markers", durations=True)
        writer.write_samples(signal, noise(1000), 3.0)
        writer.write_markers(
            markers, [with_duration(t, n) for _, n, t in events], [3.0 + i / NEEDLE_HZ for i, _, _ in events]
        )
    rec = open_recording(tmp_path / "a.xdf")
    assert [(a.index, a.n_samples, a.text) for a in rec.annotations] == events
    _, read = loaded(tmp_path / "a.xdf")
    assert read["info"]["type"] == ["Markers"]
    assert read["time_series"][0] == ["rest"]


def test_clock_offsets_are_applied(tmp_path: Path) -> None:
    with create(tmp_path / "a.xdf") as writer:
        stream = writer.open_signal(needle())
        writer.write_samples(stream, noise(50), 100.0)
        for at_s in (100.0, 105.0, 110.0):
            writer.write_clock_offset(stream, at_s, -40.0)
    (read,) = loaded(tmp_path / "a.xdf")
    assert read["time_stamps"][0] == pytest.approx(60.0)
    assert loaded(tmp_path / "a.xdf", dejitter=True)[0]["info"]["effective_srate"] == pytest.approx(NEEDLE_HZ)


@pytest.mark.parametrize("n", [1, 255, 256, 70_000])
def test_lengths_of_every_width(tmp_path: Path, n: int) -> None:
    with create(tmp_path / "a.xdf") as writer:
        stream = writer.open_signal(needle())
        writer.write_samples(stream, noise(n), 0.0)
        writer.write_samples(stream, noise(0), 0.0)
    assert np.array_equal(loaded(tmp_path / "a.xdf")[0]["time_series"], noise(n))


def test_the_length_of_a_piece_beyond_four_gigabytes_takes_eight_bytes() -> None:
    assert xdf_chunks.length(255) == b"\x01\xff"
    assert xdf_chunks.length(1 << 32) == b"\x08" + struct.pack("<Q", 1 << 32)


@pytest.mark.slow
def test_boundaries_stand_a_megabyte_apart(tmp_path: Path) -> None:
    with create(tmp_path / "a.xdf") as writer:
        stream = writer.open_signal(needle())
        for second in range(30):
            writer.write_samples(stream, noise(23_438), float(second))
    content = (tmp_path / "a.xdf").read_bytes()
    assert content.count(xdf_chunks.boundary()) == len(content) // (1 << 20)
    assert open_recording(tmp_path / "a.xdf").n_samples == 30 * 23_438


def test_text_that_xml_cannot_hold_is_replaced(tmp_path: Path) -> None:
    with create(tmp_path / "a.xdf") as writer:
        writer.write_samples(writer.open_signal(needle(name="a\x00b<c>&")), noise(5), 0.0)
    assert loaded(tmp_path / "a.xdf")[0]["info"]["name"] == ["a\ufffdb<c>&"]


@pytest.mark.parametrize(
    ("samples", "stamps"),
    [
        (noise(4).astype(np.float64), 0.0),
        (noise(4, 2), 0.0),
        (noise(4), np.zeros(3)),
    ],
)
def test_samples_that_do_not_fit_the_stream_are_an_error(
    tmp_path: Path, samples: np.ndarray[Any, Any], stamps: Any
) -> None:
    with create(tmp_path / "a.xdf") as writer:
        stream = writer.open_signal(needle())
        with pytest.raises(ValueError, match="_Stream"):
            writer.write_samples(stream, samples, stamps)
        with pytest.raises(ValueError, match="texts for"):
            writer.write_markers(stream, ["x"], [0.0])


def test_only_what_is_listed_stands_in_the_headers(tmp_path: Path) -> None:
    with create(tmp_path / "a.xdf") as writer:
        writer.write_samples(writer.open_signal(needle()), noise(5), 0.0)
    (read,) = loaded(tmp_path / "a.xdf")
    known = {"name", "type", "channel_count", "source_id", "nominal_srate", "channel_format", "desc"}
    added_by_the_reader = {"stream_id", "effective_srate", "segments", "clock_segments"}
    assert set(read["info"]) - added_by_the_reader == known
    assert set(read["info"]["desc"][0]) == {"channels", "subject", "acquisition"}


def test_an_irregular_stream_wants_a_stamp_for_each_sample(tmp_path: Path) -> None:
    irregular = StreamDescription("Events", 0.0, (Channel("code", ""),), sample_format="int16")
    with create(tmp_path / "a.xdf") as writer:
        stream = writer.open_signal(irregular)
        with pytest.raises(ValueError, match="1,"):
            writer.write_samples(stream, np.zeros((2, 1), np.int16), 0.0)
