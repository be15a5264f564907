"""Finding the one stream that the settings mean."""

import pylsl

from acquisition.live.network import reach
from acquisition.live.query import stream_query
from contracts.refusal import Refusal
from contracts.settings import LslScope, StreamSettings

_SECOND_S = 0.5
"""How long a second match is waited for once there is one: answers come in within milliseconds."""
_LOOK_ROUND_S = 1.0


def find_one(settings: StreamSettings, scope: LslScope) -> pylsl.StreamInfo:
    """The one stream that matches the settings. Raises Refusal when none does, or more than one."""
    query = stream_query(settings)
    found = pylsl.resolve_bypred(query, 1, settings.resolve_timeout_s)
    if not found:
        raise _none_found(settings, query, scope)
    found = pylsl.resolve_bypred(query, 2, _SECOND_S) or found
    if len({info.uid() for info in found}) > 1:
        listed = "; ".join(sorted(_line(info) for info in found))
        raise Refusal(
            found=f"{len(found)} streams where {query}: {listed}",
            wanted="one",
            do="Set stream.source_id to the one you mean, or stop the other.",
        )
    return found[0]


def _none_found(settings: StreamSettings, query: str, scope: LslScope) -> Refusal:
    there = "; ".join(sorted(_line(info) for info in pylsl.resolve_streams(_LOOK_ROUND_S)))
    return Refusal(
        found=f"no stream where {query} on {reach(scope)} within {settings.resolve_timeout_s:g} s "
        f"(there: {there or 'no stream at all'})",
        wanted="the stream that stream.name, type, source_id or predicate describe",
        do="Start the application that sends it, correct these settings, or set lsl.scope to 'link' or "
        "'site' for a sender on another computer; `myoscope streams` lists what is in reach.",
    )


def _line(info: pylsl.StreamInfo) -> str:
    source = f"source id {info.source_id()!r}" if info.source_id() else "without a source id"
    size = f"{info.channel_count()} x {info.nominal_srate():g} Hz"
    return f"{info.name()!r} of type {info.type()!r}, {size}, {source}"
