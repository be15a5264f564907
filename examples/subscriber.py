"""A subscriber that knows nothing of Myoscope but docs/wire.md: python examples/subscriber.py [address]"""

import sys

import msgspec
import zmq

address = sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:5570"
start = None
with zmq.Context() as context, context.socket(zmq.SUB) as socket:
    for topic in ("start", "result", "stop"):
        socket.subscribe(topic)
    socket.connect(address)
    while True:
        _, body = socket.recv_multipart()
        message = msgspec.msgpack.decode(body)["message"]
        if message["type"] == "stop":
            break
        if message["type"] == "start":
            start = message
        elif start is not None:
            for reading in message["readings"]:
                label = reading["decision"]["label"] or "cannot tell"
                print(f"to sample {message['stop_index']}: {label}, flags {reading['flags']}", flush=True)
