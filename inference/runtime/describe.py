"""What a run says of itself before its first sample."""

from importlib import metadata

from contracts import wire
from contracts.records import StreamDescription
from inference.runtime.pipeline import Pipeline
from processing.examination.examination import Examination


def software_version() -> str:
    """`myoscope` and its version."""
    return f"myoscope {metadata.version('myoscope')}"


def stream_start(
    pipeline: Pipeline,
    examination: Examination,
    stream: StreamDescription,
    started_at: float,
    examined_from: int = 0,
) -> wire.StreamStart:
    """The StreamStart of a run on a stream: settings as they were rounded, model as it was loaded."""
    analysis, model, filters = pipeline.analysis, pipeline.model, pipeline.filters
    return wire.StreamStart(
        schema=wire.SCHEMA,
        software=software_version(),
        stream=stream.name,
        source_id=stream.source_id,
        rate_hz=stream.rate_hz,
        channels=stream.channels,
        subject=stream.subject,
        analysis_rate_hz=analysis.rate_hz,
        window=analysis.window,
        hop=analysis.hop,
        window_s=analysis.window / analysis.rate_hz,
        hop_s=analysis.hop / analysis.rate_hz,
        highpass_hz=filters.highpass_hz,
        lowpass_hz=filters.lowpass_hz,
        notch_hz=filters.notch_hz,
        analysis_delay_s=pipeline.delay_s,
        features=pipeline.feature_names,
        classes=pipeline.classes,
        patterns=pipeline.patterns,
        model=f"{model.card.name} {model.card.version}" if model else "",
        model_sha256=model.sha256 if model else "",
        latency_valid=stream.replay_speed in (None, 1.0),
        notes=stream.notes + filters.notes + examination.notes,
        started_at=started_at,
        feature_units=pipeline.feature_units,
        device=stream.model,
        electrode=examination.electrode,
        examined=examination.examined,
        unit_latency_s=examination.latency_s,
        examined_from=examined_from,
    )
