"""Finding the one stream that the settings mean, and finding it again."""

import pylsl

from acquisition.live.metadata import NativeStream
from acquisition.live.network import SETTLE_S, background_resolver, reach, resolve
from acquisition.live.query import same_source_query, stream_query
from contracts.refusal import Refusal
from contracts.settings import LslScope, StreamSettings


def find_one(settings: StreamSettings, scope: LslScope) -> pylsl.StreamInfo:
    """The one stream that matches the settings. Raises Refusal when none does, or more than one."""
    query = stream_query(settings)
    found = resolve(query, timeout_s=settings.resolve_timeout_s, settle_s=SETTLE_S)
    if not found:
        raise _none_found(settings, query, scope)
    if len(found) > 1:
        listed = "; ".join(sorted(_line(info) for info in found))
        raise Refusal(
            found=f"{len(found)} streams where {query}: {listed}",
            wanted="one",
            do="Set stream.source_id to the one you mean, or stop the other.",
        )
    return found[0]


class Search:
    """Looks in the background for a stream that was lost, and for others that the settings mean now."""

    def __init__(self, lost: NativeStream, settings: StreamSettings, now: float) -> None:
        query = f"({same_source_query(lost)}) or ({stream_query(settings)})"
        self._resolver = background_resolver(query, forget_after_s=2.0)
        self._lost = lost
        self._begun_at = now

    def found(self) -> tuple[list[pylsl.StreamInfo], list[pylsl.StreamInfo]]:
        """The streams in place of the lost one, and the others. Does not wait."""
        same, others = [], []
        for info in self._resolver.results():
            identity = (info.name(), info.type(), info.source_id())
            is_same = identity == (self._lost.name, self._lost.type, self._lost.source_id)
            (same if is_same else others).append(info)
        return same, others

    def in_vain(self, now: float) -> bool:
        """Whether the search has lasted long enough for every outlet in reach to answer."""
        return now - self._begun_at >= SETTLE_S


def _none_found(settings: StreamSettings, query: str, scope: LslScope) -> Refusal:
    there = "; ".join(sorted(_line(info) for info in resolve(None, timeout_s=SETTLE_S, settle_s=SETTLE_S)))
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
