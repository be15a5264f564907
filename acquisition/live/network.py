"""How far Lab Streaming Layer looks, and what it finds there."""

import os
import time

import msgspec
import pylsl

from acquisition.live.metadata import NativeStream, read_description
from contracts.refusal import Refusal
from contracts.settings import LslScope

SETTLE_S = 0.8
_LOOK_EVERY_S = 0.01
_REACH = {
    "machine": "this machine only",
    "link": "this machine and its local network",
    "site": "this machine and its site, as far as the routers pass multicast",
}


class StreamListing(msgspec.Struct, frozen=True):
    """One stream in reach, for a person who chooses. The host is shown here and carried no further."""

    name: str
    type: str
    rate_hz: float
    """0 for an irregular stream: markers."""
    n_channels: int
    labels: tuple[str, ...]
    units: tuple[str, ...]
    """In the stream's own words; empty where it states none."""
    sample_format: str
    source_id: str
    host: str
    uid: str
    """Identity of this one outlet object: differs after each restart of its application."""
    described: bool
    """False when the outlet was announced but did not answer for its channels."""


def configure_lsl(scope: LslScope) -> None:
    """Set how far liblsl looks for streams; to be called before any other call of pylsl.

    liblsl reads its configuration once, at the first call that needs it: a later call changes nothing.
    Where LSLAPICFG names a configuration file, that file stands and this function does nothing: whoever
    set it (a laboratory, the tests) has decided more than these three settings can say.

    liblsl cannot be bound to loopback: whatever the scope, its ports stay open on all interfaces. `machine`
    keeps the search, and so the answers, on this computer; it is not a firewall.
    """
    if "LSLAPICFG" in os.environ:
        return
    pylsl.util.set_config_content(_configuration(scope))


def reach(scope: LslScope) -> str:
    """The scope that was searched, in words, with the reason where the environment decides it."""
    if "LSLAPICFG" in os.environ:
        return f"the scope set in {os.environ['LSLAPICFG']} (LSLAPICFG)"
    peers = f" and {', '.join(scope.known_peers)}" if scope.known_peers else ""
    session = f", session {scope.session!r}" if scope.session != "default" else ""
    return f"{_REACH[scope.scope]}{peers} (lsl.scope = {scope.scope!r}{session})"


def resolve(query: str | None, *, timeout_s: float, settle_s: float = 0.0) -> list[pylsl.StreamInfo]:
    """The streams that match an XPath predicate (None: all), without their channels.

    Waits up to `timeout_s` for the first, and in any case until `settle_s` for others: the outlets of one
    machine share the port of liblsl's first round of questions, so that only one of them hears it, and all
    answer the second round half a second later. `SETTLE_S` is enough for that.

    The continuous resolver is used because the one-shot calls now and then take 5 s longer than they are
    asked to (liblsl 1.18, nothing found).
    """
    resolver = background_resolver(query or "true()", forget_after_s=60.0)
    begun_at = pylsl.local_clock()
    while True:
        found = resolver.results()
        waited_s = pylsl.local_clock() - begun_at
        if waited_s >= (settle_s if found else max(timeout_s, settle_s)):
            return found
        time.sleep(_LOOK_EVERY_S)


def background_resolver(query: str, *, forget_after_s: float) -> pylsl.ContinuousResolver:
    """A resolver that looks on in the background. Raises Refusal for a query that is no XPath 1.0."""
    try:
        return pylsl.ContinuousResolver(pred=query, forget_after=forget_after_s)
    except RuntimeError as error:
        raise Refusal(
            found=f"{query!r} where streams are searched",
            wanted="an XPath 1.0 predicate on a stream's description, such as name='Amp' and channel_count=2",
            do="Correct stream.predicate or stream.marker_stream, or use stream.name, type and source_id.",
        ) from error


def list_streams(scope: LslScope, wait_s: float = 1.0) -> list[StreamListing]:
    """Every stream in reach, signal or markers, by name and source id.

    Sets the scope first (see `configure_lsl` for when that has no effect), waits `wait_s` seconds for
    answers (below half a second some are missed), then asks each outlet for its channels, up to a second each.
    """
    configure_lsl(scope)
    found = [_listing(info) for info in resolve(None, timeout_s=wait_s, settle_s=wait_s)]
    return sorted(found, key=lambda listing: (listing.name, listing.source_id))


def full_description(info: pylsl.StreamInfo, timeout_s: float) -> NativeStream | None:
    """What the outlet says of itself, channels included; None when it does not answer in time."""
    inlet = pylsl.StreamInlet(info, recover=False)
    try:
        return read_description(inlet.info(timeout_s).as_xml())
    except (pylsl.util.TimeoutError, pylsl.util.LostError):
        return None


def _listing(info: pylsl.StreamInfo) -> StreamListing:
    described = full_description(info, 1.0)
    stream = described or read_description(info.as_xml())
    return StreamListing(
        name=stream.name,
        type=stream.type,
        rate_hz=stream.rate_hz,
        n_channels=len(stream.channels),
        labels=tuple(channel.label for channel in stream.channels),
        units=tuple(channel.unit for channel in stream.channels),
        sample_format=stream.sample_format,
        source_id=stream.source_id,
        host=info.hostname(),
        uid=info.uid(),
        described=described is not None,
    )


def _configuration(scope: LslScope) -> str:
    local = scope.scope == "machine"
    peers = ("127.0.0.1", *scope.known_peers) if local else scope.known_peers
    for word in (*peers, scope.session):
        if any(sign in word for sign in "{},;#\r\n"):
            raise Refusal(
                found=f"{word!r} in the settings lsl.known_peers or lsl.session",
                wanted="an address or a name without braces, commas, semicolons and line breaks",
                do="Correct it.",
            )
    return "\n".join(
        (
            "[multicast]",
            f"ResolveScope = {scope.scope}",
            "[ports]",
            f"IPv6 = {'disable' if local else 'allow'}",
            "[lab]",
            f"KnownPeers = {{{', '.join(peers)}}}",
            f"SessionID = {scope.session}",
            "[log]",
            "level = -3",  # fatal only: an outlet that goes is ours to tell, in words and as a state
            "",
        )
    )
