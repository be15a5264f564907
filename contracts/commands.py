"""Commands on the control socket, and their answers: one msgpack frame each way."""

import msgspec

from contracts.records import Subject
from contracts.refusal import Refusal


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """Are you there?"""


class Describe(msgspec.Struct, frozen=True, tag="describe"):
    """Send StreamStart now."""


class ResetEvidence(msgspec.Struct, frozen=True, tag="reset_evidence"):
    """Forget the evidence so far: the needle has moved."""


class SetSubject(msgspec.Struct, frozen=True, tag="set_subject"):
    """Another muscle, side or age. Resets the evidence."""

    subject: Subject


class Mark(msgspec.Struct, frozen=True, tag="mark"):
    """Publish a marker, stamped with the moment at which the command is obeyed."""

    text: str


class Stop(msgspec.Struct, frozen=True, tag="stop_run"):
    """End the run."""


Command = Ping | Describe | ResetEvidence | SetSubject | Mark | Stop


class Reply(msgspec.Struct, frozen=True):
    """The answer to every command: done, or refused with a reason."""

    done: bool
    reason: str = ""
    run_id: str = ""


_encoder = msgspec.msgpack.Encoder()
_commands = msgspec.msgpack.Decoder(Command)
_replies = msgspec.msgpack.Decoder(Reply)


def encode_command(command: Command) -> bytes:
    """The one frame of a command."""
    return _encoder.encode(command)


def decode_command(frame: bytes) -> Command:
    """The command in a frame; raises Refusal for anything else."""
    try:
        return _commands.decode(frame)
    except msgspec.MsgspecError as error:
        raise Refusal(
            found=f"a command that does not decode ({error})",
            wanted="one of ping, describe, reset_evidence, set_subject, mark, stop_run",
            do="See docs/wire.md.",
        ) from error


def encode_reply(reply: Reply) -> bytes:
    """The one frame of a reply."""
    return _encoder.encode(reply)


def decode_reply(frame: bytes) -> Reply:
    """The reply in a frame."""
    return _replies.decode(frame)
