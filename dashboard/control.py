"""The REQ side of a control socket: a run's, or a virtual patient's."""

import threading

import zmq

from contracts import commands
from contracts.settings import PatientSettings, WireSettings

ANSWER_WITHIN_S = 2.5
"""Both answer within two seconds, be it only to say that they are busy."""


class Control:
    """Asks for something to be done. Every command is answered: done, refused, or nobody answered."""

    def __init__(
        self, settings: WireSettings | PatientSettings, answer_within_s: float = ANSWER_WITHIN_S
    ) -> None:
        self._address = f"tcp://{settings.host}:{settings.control_port}"
        self._within_s = answer_within_s
        self._one_at_a_time = threading.Lock()

    def ask(self, command: commands.Command) -> commands.Reply:
        """The reply; without one in time, a reply that says so and is not done.

        A socket of its own for every command: a REQ socket whose answer never came can ask nothing more.
        """
        with self._one_at_a_time, zmq.Context() as context, context.socket(zmq.REQ) as socket:
            socket.linger = 0
            socket.connect(self._address)
            socket.send(commands.encode_command(command))
            if not socket.poll(round(1_000 * self._within_s)):
                return commands.Reply(False, f"no answer from {self._address} within {self._within_s:g} s")
            return commands.decode_reply(socket.recv())
