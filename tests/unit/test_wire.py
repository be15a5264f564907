"""Messages on the wire: bytes that stay readable, topics that do not overlap, unknown ones that pass."""

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from contracts import commands, measured, wire
from contracts.records import Channel, ContinuityCounts, Gap, HandoffStats, Subject
from contracts.refusal import Refusal

GOLDEN = Path(__file__).parent.parent / "golden"

READING = wire.Reading(
    channel=0,
    accepted=True,
    flags=("clipped",),
    probabilities=(0.1, 0.2, 0.3, 0.4),
    patterns=(0.1, 0.2, 0.7),
    evidence=(0.1, 0.2, 0.3, 0.4),
    evidence_patterns=(0.1, 0.2, 0.7),
    decision=wire.Decision("neurogenic", 0.7, "clear", ("neuropathy", "motor neuron disease")),
    features=(1.0, 2.5),
)

MESSAGES: tuple[wire.Message, ...] = (
    wire.StreamStart(
        schema=wire.SCHEMA,
        software="myoscope 0",
        stream="needle",
        source_id="n-1",
        rate_hz=23437.5,
        channels=(Channel("EMG1", "uV"), Channel("TRIG", "V", "trigger")),
        subject=Subject("biceps brachii", "left", 56),
        analysis_rate_hz=20000.0,
        window=5000,
        hop=1000,
        window_s=0.25,
        hop_s=0.05,
        highpass_hz=20.0,
        lowpass_hz=5000.0,
        notch_hz=0.0,
        analysis_delay_s=0.001,
        features=("rms", "peak"),
        classes=("healthy", "myopathy", "neuropathy", "motor neuron disease"),
        patterns=(wire.Pattern("neurogenic", ("neuropathy", "motor neuron disease"), decidable=False),),
        model="patterns 1",
        model_sha256="00",
        latency_valid=True,
        notes=("unit assumed",),
        started_at=1.5,
        feature_units=("uV", "uV"),
    ),
    wire.Result(0, 5859, (READING,), wire.Stamps(1.0, 1.1, 1.2, 1.3, 1.4, 1.5)),
    wire.SignalBlock(0, 2, 1, np.array([[1.0], [-2.0]], "<f4").tobytes(), 1.0),
    wire.GapNotice(Gap(100, 50, "inlet", exact=False, uncertainty=3)),
    wire.WindowsSkipped((5859, 7031)),
    wire.MarkerNotice(1.0, "seam loop", "needle markers"),
    wire.SubjectChanged(Subject(muscle="deltoid"), 100),
    wire.Health(
        state="live",
        silent_s=0.01,
        counts=ContinuityCounts(received=10, missing=2),
        handoff=HandoffStats(64, 0, 10, 10, 0, 2),
        windows=4,
        windows_accepted=3,
        windows_skipped=1,
        flag_counts={"mains": 1},
        data_age_s=0.02,
        push_to_result=wire.Latency(0.001, 0.004, 4),
    ),
    measured.PhaseChanged(0, 1_000, "rest", "operator", "minimal", 2, insertional_s=0.25),
    measured.Unit(
        channel=0,
        unit=3,
        site=2,
        at_index=9_000,
        fate="followed",
        into=0,
        discharges=40,
        rate_hz=9.5,
        interval_cv=0.15,
        averaged=30,
        snr=12.0,
        trusted=True,
        accepted=True,
        flags=("irregular",),
        not_told_from=(1,),
        template_rate_hz=20_000.0,
        template=np.array([0.0, -100.0, 20.0], "<f4").tobytes(),
        measures=measured.UnitMeasures(
            amplitude_uv=120.0,
            duration_ms=9.5,
            onset_index=0,
            offset_index=2,
            peak_index=1,
            phases=3,
            turns=2,
            polyphasic=False,
            serrated=False,
            satellites=(measured.Satellite(14.0, 40.0),),
            rise_time_us=300.0,
            area_uvms=150.0,
            thickness_ms=1.25,
            size_index=0.5,
            spike_duration_ms=5.0,
            spike_area_uvms=120.0,
            jiggle_percent=20.0,
            correlation=0.98,
        ),
    ),
    measured.Discharges(0, (3, 1), (9_000, 9_400), (False, True)),
    measured.RestTrain(
        channel=0,
        train=1,
        site=2,
        kind="fibrillation potentials",
        first_index=100,
        stop_index=90_000,
        discharges=30,
        rate_hz=7.0,
        interval_cv=0.1,
        irregularity=0.02,
        amplitude_uv=80.0,
        duration_ms=3.0,
        phases=3,
        watched_s=12.0,
        ended=False,
        reason="regular, positive onset",
        snippet_rate_hz=20_000.0,
        snippet=np.array([0.0, 10.0, -70.0], "<f4").tobytes(),
    ),
    measured.Epoch(
        0, 2, 0, 20_000, "moderate", 250.0, 320.0, 0.8, 300.0, 0.25, 900.0, 1_400.0, in_cloud=True
    ),
    measured.MuscleSummary(
        channel=0,
        muscle="biceps brachii",
        side="left",
        age=45,
        group="proximal arm",
        region="cervical",
        sites=2,
        units_accepted=6,
        units_rejected=1,
        rows=(
            measured.MeasureRow(
                "duration", "ms", 6, 10.5, 1.5, 9.59, 1.01, 0.9, 0, 1, unverified=True, note="Pattichis 1995"
            ),
        ),
        recruitment=measured.Recruitment("normal", "10 Hz with 2 units", 2, 10.0, 7.5, 9.5, 5.0),
        epochs=4,
        epochs_outside=1,
        spontaneous=(measured.Grade("fibrillation potentials", 1, 2, 4, 80.0, enough=True),),
        insertional_s=0.25,
        norms="pattichis-1995",
        reason="",
    ),
    measured.SurfaceMeasures(0, 2_000, (50.0,), (True,), ((100,),), ((),), (80.0,), (-0.5,), ((0, 1, 0.25),)),
    wire.StreamStop("asked"),
)

COMMANDS: tuple[commands.Command, ...] = (
    commands.Ping(),
    commands.Describe(),
    commands.ResetEvidence(),
    commands.SetSubject(Subject(side="right")),
    commands.SetPhase("rest"),
    commands.NextSite(),
    commands.Mark("needle moved"),
    commands.Stop(),
    commands.SetPatient(condition="neuropathy", severity=0.5, another_person=True),
    commands.DescribePatient(),
)


def envelope(message: wire.Message) -> wire.Envelope:
    return wire.Envelope("0123456789abcdef", 7, 2.5, message)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_a_message_comes_back_as_it_went(message: wire.Message) -> None:
    assert wire.decode(wire.encode(envelope(message))) == envelope(message)


def test_every_message_type_is_tried_and_every_topic_known() -> None:
    assert {wire.topic_of(message) for message in MESSAGES} == wire.KNOWN_TOPICS


def test_no_topic_is_the_beginning_of_another() -> None:
    topics = sorted(wire.KNOWN_TOPICS)
    assert not [(a, b) for a in topics for b in topics if a != b and b.startswith(a)]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: type(c).__name__)
def test_a_command_comes_back_as_it_went(command: commands.Command) -> None:
    assert commands.decode_command(commands.encode_command(command)) == command


def test_the_signal_is_a_view_of_the_message() -> None:
    block = MESSAGES[2]
    assert isinstance(block, wire.SignalBlock)
    assert block.array().tolist() == [[1.0], [-2.0]]
    assert not block.array().flags.owndata


def test_an_unknown_topic_passes_and_a_damaged_message_is_refused() -> None:
    assert wire.decode([b"later-invention", b"anything"]) is None
    with pytest.raises(Refusal, match="does not decode"):
        wire.decode([b"result", b"\x00"])
    with pytest.raises(Refusal, match="3 frames"):
        wire.decode([b"result", b"", b""])
    with pytest.raises(Refusal, match="ping"):
        commands.decode_command(b"\xc0")


def test_a_field_of_a_later_version_is_ignored() -> None:
    tree = msgspec.to_builtins(envelope(wire.StreamStop("asked")))
    tree["message"]["colour"] = "amber"
    decoded = wire.decode([b"stop", msgspec.msgpack.encode(tree)])
    assert decoded == envelope(wire.StreamStop("asked"))


def test_the_bytes_of_earlier_versions_still_decode() -> None:
    """tests/golden/wire.json holds messages in hexadecimal; a line may be added, never changed."""
    golden = json.loads((GOLDEN / "wire.json").read_text())
    by_topic = {wire.topic_of(message).decode(): message for message in MESSAGES}
    assert set(golden) == set(by_topic)
    for topic, body in golden.items():
        assert wire.decode([topic.encode(), bytes.fromhex(body)]) == envelope(by_topic[topic])


def test_the_schema_is_the_one_written_down() -> None:
    """A change here is a change of the wire: only additions with a default, and docs/wire.md says so."""
    for kind, name in ((wire.Envelope, "wire_schema.json"), (commands.Command, "command_schema.json")):
        now = json.loads(json.dumps(msgspec.json.schema(kind)))
        assert now == json.loads((GOLDEN / name).read_text())
