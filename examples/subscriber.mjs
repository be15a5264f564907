// A subscriber in another language: npm install zeromq @msgpack/msgpack, then node subscriber.mjs [address]
import { Subscriber } from "zeromq";
import { decode } from "@msgpack/msgpack";

const socket = new Subscriber();
socket.connect(process.argv[2] ?? "tcp://127.0.0.1:5570");
socket.subscribe("start", "result", "gap", "stop");
let start = null;
for await (const [, body] of socket) {
  const { seq, message } = decode(body);
  if (message.type === "start") start = message;
  if (message.type === "gap") console.log(`gap: ${message.gap.missing} samples before ${message.gap.at_index}`);
  if (message.type === "stop") break;
  if (message.type !== "result" || start === null) continue;
  for (const reading of message.readings) {
    const shares = start.patterns.map((p, i) => `${p.name} ${(reading.evidence_patterns[i] ?? NaN).toFixed(2)}`);
    console.log(`#${seq} to sample ${message.stop_index}: ${shares.join("  ")} -> ${reading.decision.label ?? "cannot tell"}`);
  }
}
