"""The REQ side of the control socket."""

import threading

import zmq

from contracts import commands
from contracts.settings import WireSettings

ANSWER_WITHIN_S = 2.5
"""A run answers within two seconds, be it only to say that it is busy."""


class Control:
    """Asks a run to do something. Every command is answered: done, refused, or nobody answered."""

    def __init__(self, settings: WireSettings, answer_within_s: float = ANSWER_WITHIN_S) -> None:
        self._address = f"tcp://{settings.host}:{settings.control_port}"
        self._within_s = answer_within_s
        self._one_at_a_time = threading.Lock()

    def ask(self, command: commands.Command) -> commands.Reply:
        """The run's reply; without one in time, a reply that says so and is not done.

        A socket of its own for every command: a REQ socket whose answer never came can ask nothing more.
        """
        with self._one_at_a_time, zmq.Context() as context, context.socket(zmq.REQ) as socket:
            socket.linger = 0
            socket.connect(self._address)
            socket.send(commands.encode_command(command))
            if not socket.poll(round(1_000 * self._within_s)):
                return commands.Reply(False, f"no answer from {self._address} within {self._within_s:g} s")
            return commands.decode_reply(socket.recv())
