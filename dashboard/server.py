"""The page's server: on loopback, everything served from here, nothing fetched from elsewhere."""

import signal
import socket
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import uvicorn
from dash import Dash
from fastapi import FastAPI

from contracts.clock import Clock, monotonic_s
from contracts.commands import Describe
from contracts.refusal import Refusal
from contracts.settings import PageSettings, PatientSettings, WireSettings
from dashboard.callbacks import register_callbacks
from dashboard.control import Control
from dashboard.door import Door
from dashboard.layout import index_string, page_layout
from dashboard.live_view import LiveView
from dashboard.panels.patient import hand_over_changes
from dashboard.patient import Ask
from dashboard.routes import add_command_routes, add_health_route, add_patient_routes, add_wave_route
from dashboard.subscriber import SubscriberThread

ASSETS = Path(__file__).parent / "assets"
GRACE_S = 1
"""What open connections get to end by themselves."""


def serve(
    page: PageSettings,
    wire: WireSettings,
    *,
    patient: PatientSettings | None = None,
    muscles: Sequence[str] = (),
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the page until SIGINT or SIGTERM; `on_ready` is called with its address once it answers.

    `patient` is where a virtual patient is told what to do; the page offers that once one is there. `muscles`
    are names to choose from; any other may be written.
    Raises Refusal when the port is taken. Returns within a second of the signal, open pages or not.
    """
    view = LiveView(f"tcp://{wire.host}:{wire.port}")
    server = uvicorn.Server(
        uvicorn.Config(
            build_app(
                view,
                page,
                ask=Control(wire).ask,
                ask_patient=Control(patient).ask if patient else None,
                muscles=muscles,
            ),
            log_level="error",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE_S,
            ws_per_message_deflate=False,
        )
    )

    def end() -> None:
        server.should_exit = True

    def catch_up() -> None:
        # Beside the subscriber, which must not wait: what was told before this page came, in answer to a command.
        threading.Thread(target=Control(wire).ask, args=(Describe(),), name="catch up", daemon=True).start()

    with _listening(page) as listening, _signals_end_quietly():
        with SubscriberThread(wire, view, monotonic_s, on_failure=end, on_run=catch_up) as subscriber:
            if on_ready is not None:
                host, port = listening.getsockname()[:2]
                on_ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
            server.run(sockets=[listening])
        subscriber.raise_if_failed()


def build_app(
    view: LiveView,
    page: PageSettings,
    *,
    ask: Ask | None = None,
    ask_patient: Ask | None = None,
    muscles: Sequence[str] = (),
    clock: Clock = monotonic_s,
) -> FastAPI:
    """The ASGI application that shows `view`.

    Without `ask` it has no buttons that command the run, and without both it has none for a virtual patient.

    Our routes come before Dash's. `lifespan` stays off: in it Dash would add a route that answers every
    unknown path with the page. FastAPI's own documentation pages load from elsewhere, hence None.
    """
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_wave_route(server, view, clock)
    add_health_route(server, view, clock)
    if ask is not None:
        add_command_routes(server, ask)
        if ask_patient is not None:
            add_patient_routes(server, ask_patient, ask)
    app = Dash(
        "myoscope",
        server=cast(Any, server),
        assets_folder=str(ASSETS),
        assets_ignore=r".*\.js$",
        serve_locally=True,
        include_assets_files=True,
        compress=False,
        enable_mcp=False,
        add_log_handler=False,
        title="Myoscope",
        update_title="",
        index_string=index_string(page.theme, muscles),
    )
    # Dash would hold a websocket of its own open for callbacks of a kind that this page has none of.
    app.backend.websocket_capability = False
    app.layout = page_layout(commands=ask is not None, patient=ask is not None and ask_patient is not None)
    register_callbacks(app, view, page, clock)
    if ask is not None and ask_patient is not None:
        hand_over_changes(app)
    server.add_middleware(Door, host=page.host)
    return server


@contextmanager
def _listening(page: PageSettings) -> Generator[socket.socket]:
    """The listening socket of the page. Raises Refusal when it cannot be had."""
    family = socket.AF_INET6 if ":" in page.host else socket.AF_INET
    with socket.socket(family) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((page.host, page.port))
            listening.listen(128)
        except OSError as error:
            raise Refusal(
                found=f"that {page.host}:{page.port} cannot be bound ({error.strerror})",
                wanted="a free port for the page",
                do="End the other program (another page?), or choose a port with --set page.port=NUMBER.",
            ) from error
        yield listening


@contextmanager
def _signals_end_quietly() -> Generator[None]:
    """Uvicorn repeats the signal that ended it, once it has ended: here that must change nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held = {number: signal.signal(number, _nothing_more) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)


def _nothing_more(_number: int, _frame: object) -> None:
    """The signal has been obeyed already."""
