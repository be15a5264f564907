"""The routes beside Dash's own: the trace, the commands, and the page's health."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from starlette.websockets import WebSocket, WebSocketDisconnect

from contracts import commands
from contracts.clock import Clock
from contracts.refusal import Refusal
from dashboard.examiner import decode_phase, decode_subject
from dashboard.live_view import LiveView
from dashboard.patient import Ask, change_patient, decode_change
from dashboard.wave import decode_request, wave_frame

FRAME_EVERY_S = 1 / 30
"""Faster than the eye follows a sweep; one frame is a few kilobytes."""


def add_wave_route(server: FastAPI, view: LiveView, clock: Clock) -> None:
    """The websocket `/wave`: every request is answered by one frame, at most 30 times a second."""
    identity = secrets.token_hex(8)

    @server.websocket("/wave")
    async def wave(socket: WebSocket) -> None:
        await socket.accept()
        number = 0
        try:
            while True:
                request = decode_request(await socket.receive_text())
                due = clock() + FRAME_EVERY_S
                number += 1
                await socket.send_bytes(wave_frame(view, request, clock(), number, identity))
                await asyncio.sleep(max(0.0, due - clock()))
        except msgspec.MsgspecError as error:
            await socket.close(1008, str(error)[:100])
        except WebSocketDisconnect:
            return


def add_health_route(server: FastAPI, view: LiveView, clock: Clock) -> None:
    """`/health`: the state of the data in JSON, for `myoscope doctor` and for tests."""

    @server.get("/health")
    async def health() -> dict[str, Any]:
        return msgspec.to_builtins(_health(view, clock()))


def add_command_routes(server: FastAPI, ask: Ask) -> None:
    """`POST /command/...`: the run's own answer, done or refused with the reason."""

    @server.post("/command/set_phase")
    async def set_phase(request: Request) -> dict[str, Any]:
        return await _obeyed(ask, decode_phase, request)

    @server.post("/command/next_site")
    async def next_site() -> dict[str, Any]:
        return await _answer(ask, commands.NextSite())

    @server.post("/command/set_subject")
    async def set_subject(request: Request) -> dict[str, Any]:
        return await _obeyed(ask, lambda body: commands.SetSubject(decode_subject(body)), request)

    @server.post("/command/reset_evidence")
    async def reset_evidence() -> dict[str, Any]:
        return await _answer(ask, commands.ResetEvidence())

    @server.post("/command/mark")
    async def mark() -> dict[str, Any]:
        return await _answer(ask, commands.Mark("mark"))


def add_patient_routes(server: FastAPI, patient: Ask, run: Ask) -> None:
    """`GET /patient`: what a virtual patient is and does. `POST /command/set_patient`: another one, as it answers."""

    @server.get("/patient")
    async def describe() -> dict[str, Any]:
        return _told(await asyncio.to_thread(patient, commands.DescribePatient()))

    @server.post("/command/set_patient")
    async def set_patient(request: Request) -> dict[str, Any]:
        try:
            change = decode_change(await request.body())
        except Refusal as refusal:
            return _told(commands.Reply(False, str(refusal)))
        return _told(await asyncio.to_thread(change_patient, patient, run, change))


def _told(reply: commands.Reply) -> dict[str, Any]:
    return {"done": reply.done, "reason": reply.reason, "patient": msgspec.to_builtins(reply.patient)}


def _health(view: LiveView, now: float) -> dict[str, Any]:
    frame = view.snapshot(now)
    return {
        "state": frame.status.state,
        "severity": frame.status.severity,
        "title": frame.status.title,
        "detail": frame.status.detail,
        "do": frame.status.do,
        "run_id": frame.run_id,
        "newest_index": frame.newest_index,
        "age_s": frame.age_s,
        "run_s": frame.run_s,
    }


async def _obeyed(ask: Ask, decode: Callable[[bytes], commands.Command], request: Request) -> dict[str, Any]:
    try:
        command = decode(await request.body())
    except Refusal as refusal:
        return {"done": False, "reason": str(refusal)}
    return await _answer(ask, command)


async def _answer(ask: Ask, command: commands.Command) -> dict[str, Any]:
    # In a thread: the answer may take seconds, and the trace must go on meanwhile.
    reply = await asyncio.to_thread(ask, command)
    return {"done": reply.done, "reason": reply.reason}
