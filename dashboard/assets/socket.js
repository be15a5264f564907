// The way to the server: ask, get one frame, ask again. One frame in flight; nothing queues up.

import { decodeFrame } from "./frame.js";

const AGAIN_AFTER_MS = 400;

export class WaveSocket {
  // request() gives what to ask for; onFrame(header, bins) takes what comes.
  constructor(request, onFrame) {
    this.request = request;
    this.onFrame = onFrame;
    this.server = null;
    this.connect();
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/wave`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.ask(socket);
    socket.onmessage = (event) => {
      const { header, bins } = decodeFrame(event.data);
      // Another server process: its layout may be another one too.
      if (this.server && this.server !== header.server) return location.reload();
      this.server = header.server;
      this.onFrame(header, bins);
      this.ask(socket);
    };
    socket.onclose = () => setTimeout(() => this.connect(), AGAIN_AFTER_MS);
  }

  ask(socket) {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(this.request()));
  }
}
