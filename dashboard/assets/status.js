// What the page may claim: the state in the header, the banner, the age of the data. The watchdog is here,
// in the browser, because the server may be the part that has gone.

const SILENT_MS = 900;
const PANELS_BEHIND_S = 1.5;
const EVERY_MS = 100;

const CONNECTING = { state: "connecting", severity: "waiting", title: "Connecting", detail: "", do: "" };
const UNREACHABLE = {
  state: "unreachable",
  severity: "fault",
  title: "Page disconnected",
  detail: "This page has lost its own server. What is shown is old.",
  do: "Start the page's server again (myoscope dashboard). This page reconnects by itself.",
};

const by = (id) => document.getElementById(id);

function put(id, text) {
  const element = by(id);
  if (element && element.textContent !== text) element.textContent = text;
}

export function duration(seconds) {
  const s = Math.floor(seconds);
  const two = (n) => String(n).padStart(2, "0");
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${two(Math.floor(s / 60))}:${two(s % 60)}`;
}

export function age(seconds) {
  if (seconds === null) return "–";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}

export class Status {
  constructor() {
    this.header = null;
    this.heardAt = performance.now();
    this.stream = "";
    this.ticks = 0;
    setInterval(() => this.show(), EVERY_MS);
  }

  hear(header) {
    const first = this.header === null;
    const changed = first || header.status.state !== this.header.status.state;
    this.header = header;
    this.heardAt = performance.now();
    if (header.about) this.stream = header.about.stream;
    if (changed) this.show();
  }

  // Age of the newest sample now: what the server knew, and the time since.
  ageNow() {
    if (!this.header || this.header.age_s === null) return null;
    return this.header.age_s + (performance.now() - this.heardAt) / 1000;
  }

  current() {
    const silent = performance.now() - this.heardAt > SILENT_MS;
    if (!this.header) return silent ? UNREACHABLE : CONNECTING;
    return silent ? UNREACHABLE : this.header.status;
  }

  show() {
    const status = this.current();
    const body = document.body;
    if (body.dataset.state !== status.state) {
      body.dataset.state = status.state;
      body.dataset.severity = status.severity;
      const name = this.stream ? ` ${this.stream}` : "";
      document.title = status.state === "live" ? `Live${name} – Myoscope` : `${status.title} – Myoscope`;
    }
    this.showBanner(status);
    put("state-word", status.state === "live" ? "Live" : status.title.split(":")[0]);
    put("stream-name", this.stream);
    if (this.header) put("run-time", this.header.run_s === null ? "–" : duration(this.header.run_s));
    // A number that changes ten times a second is read by nobody.
    if (this.ticks++ % 3 === 0 || status.severity === "fault") put("data-age", age(this.ageNow()));
    this.watchPanels();
  }

  showBanner(status) {
    const banner = by("banner");
    const open = !["ok", "warning"].includes(status.severity);
    if (banner.hidden === open) banner.hidden = !open;
    const words = [status.detail, status.do].filter(Boolean).join(". ");
    put("notice", status.severity === "warning" ? `${status.title}: ${words}` : "");
    if (!open) return;
    const old = this.ageNow();
    put("banner-title", status.title);
    put("banner-age", old === null || status.severity !== "fault" ? "" : `newest sample ${age(old)} old`);
    put("banner-detail", status.detail);
    put("banner-do", status.do);
  }

  // The panels come another way than the trace: if they lag behind it, they must not look alive.
  watchPanels() {
    const at = Number(by("panels-tick").dataset.at || NaN);
    const behind = this.header ? this.header.now_s - at : 0;
    const old = behind > PANELS_BEHIND_S ? "old" : "fresh";
    if (document.body.dataset.panels !== old) document.body.dataset.panels = old;
  }
}
