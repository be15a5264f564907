// The page comes to life: the parts, and what each key and frame does to them.

import { Bins } from "./bins.js";
import { command, toast } from "./commands.js";
import { startKeys } from "./keys.js";
import { VIEWS } from "./deck.js";
import { Measured } from "./measured.js";
import { PHASES } from "./phase.js";
import { Patient } from "./patient.js";
import { Scope } from "./scope.js";
import { WaveSocket } from "./socket.js";
import { Status, duration } from "./status.js";
import { SubjectForm } from "./subject.js";
import { nextTheme, startTheme } from "./theme.js";
import { View, gainWords, sweepWords } from "./view.js";
import { channelPicker } from "./picker.js";

const HOLD_ALL = Number.MAX_SAFE_INTEGER;
const by = (id) => document.getElementById(id);
const grouped = (n) => n.toLocaleString("en").replaceAll(",", "\u2009");

// Dash draws the skeleton once its own scripts are there; ours may be first.
function whenDrawn(act) {
  if (by("screen") && by("panels-tick")) return act();
  const watch = new MutationObserver(() => {
    if (!by("screen") || !by("panels-tick")) return;
    watch.disconnect();
    act();
  });
  watch.observe(document.body, { childList: true, subtree: true });
}

// The views of what is measured are not Dash's: they take their places among its panels.
function placeDeck() {
  document.querySelector(".main").append(by("deck-part").content);
  by("deck").append(by("view-window"));
}

function start() {
  placeDeck();
  const view = new View();
  const status = new Status();
  let about = null;
  let wanted = 1; // counts the views asked for, so that an answer to an older one is known as such
  let asked = 0;
  let shown = 0;
  let frozenAt = 0;
  const restyle = () => {
    scope.restyle();
    measured.restyle();
  };
  startTheme(view, restyle);
  const scope = new Scope(by("screen"), view);
  const measured = new Measured(view, scope);
  const picker = channelPicker(by("channel-picker"), view, () => (view.frozen ? freeze() : anew()));

  const patient = by("patient") && new Patient((shown) => scope.showTruth(shown));

  const subject = new SubjectForm(() => patient && patient.state && ((change, words) => patient.tell(change, words)));

  const rate = () => (about ? about.rate_hz : 0);
  const anew = () => {
    wanted++;
    words();
  };

  const request = () => {
    const held = scope.bins;
    const have = view.frozen ? HOLD_ALL : shown !== wanted || !held ? -1 : held.stop;
    asked = wanted;
    const run = held ? held.run : "";
    return {
      width: scope.width,
      sweep_s: view.sweepFor(rate()) * 10,
      channels: view.channels,
      run,
      have,
      notes: scope.notes.newest,
      ticks: scope.ticks.newest,
      panel: view.channel,
      measured: measured.wanted(),
    };
  };

  const onFrame = (header, values) => {
    status.hear(header);
    measured.take(header);
    // A frozen trace of one run must not stand under the name of another.
    if (view.frozen && scope.bins && header.run !== scope.bins.run) freeze();
    if (view.frozen) return void hold(header);
    caption(header);
    if (header.reset && (asked !== wanted || !begin(header))) return;
    if (!scope.bins || scope.bins.run !== header.run || !header.channels.length) return;
    scope.bins.add(header, values);
    const fresh = scope.notes.add(header.notes, scope.bins.sweep, scope.scale);
    const ticks = hold(header);
    if (header.reset) scope.repaint();
    else if (!document.hidden) scope.advance(fresh, ticks);
    if (view.wantsFit && scope.bins.stop - scope.bins.first >= scope.bins.capacity - 2) fit();
  };

  const hold = (header) => {
    if (scope.ticks.begin(header.begun) && scope.bins) scope.repaint();
    return scope.bins ? scope.ticks.add(header.ticks, scope.ticks.room(scope)) : [];
  };

  // A reset: the run or the view is another one. False when a better request must be made first.
  const begin = (header) => {
    const newRun = !scope.bins || scope.bins.run !== header.run;
    if (!header.about) {
      if (newRun) scope.bins = null;
      scope.repaint();
      return false;
    }
    const slower = view.sweepFor(header.about.rate_hz) !== view.sweepFor(rate());
    about = header.about;
    if (newRun) measured.begin();
    if (newRun && patient) patient.begin(about.virtual_patient);
    view.unit = about.unit;
    if (picker.offer(about.labels) || slower) {
      anew();
      return false;
    }
    scope.begin(new Bins(header), header.channels.map((c) => about.labels[c]));
    shown = wanted;
    words();
    return true;
  };

  const fit = () => {
    const extent = scope.bins ? scope.bins.extent() : 0;
    if (extent > 0) view.fit(extent);
    scope.repaint();
    words();
  };

  const words = () => {
    by("gain-value").textContent = gainWords(view.gain, view.unit);
    by("sweep-value").textContent = sweepWords(view.sweepFor(rate()));
    by("polarity").textContent = view.negativeUp ? "negative up" : "positive up";
    by("band").textContent = about ? band(about) : "";
    by("freeze-button").classList.toggle("on", view.frozen);
  };

  // Five times a second: a number that changes thirty times a second is read by nobody.
  const caption = (header) => {
    if (header.frame % 6 && !header.reset) return;
    by("caption").textContent = `frame ${grouped(header.frame)} · sample ${grouped(header.newest)}`;
    by("caption").dataset.newest = header.newest;
  };

  const freeze = () => {
    view.frozen = !view.frozen;
    frozenAt = performance.now();
    by("frozen").hidden = !view.frozen;
    if (!view.frozen) anew();
    words();
  };

  setInterval(() => {
    if (view.frozen) by("frozen").textContent = `Frozen ${duration((performance.now() - frozenAt) / 1000)} – the reading goes on`;
  }, 250);

  // A virtual patient's needle moves when it is told; it tells the run.
  const nextSite = (words) => (patient && patient.state ? patient.anotherPosition(words) : command("next_site", words));

  const gain = (steps) => () => {
    view.stepGain(steps);
    scope.repaint();
    words();
  };

  const sweep = (steps) => () => {
    if (view.frozen) return toast("Unfreeze to change the sweep");
    view.stepSweep(steps, rate());
    anew();
  };

  startKeys({
    gainUp: gain(-1),
    gainDown: gain(1),
    sweepLonger: sweep(1),
    sweepShorter: sweep(-1),
    freeze,
    fit,
    polarity: () => {
      view.negativeUp = !view.negativeUp;
      view.save();
      scope.repaint();
      measured.redraw();
      words();
    },
    channelBefore: () => picker.step(-1),
    channelAfter: () => picker.step(1),
    mark: () => by("mark-button") && command("mark", "Marked"),
    anew: () => by("anew-button") && command("reset_evidence", "Evidence begins anew"),
    nextSite: () => by("next-site-button") && nextSite("Next site: units and rest are counted anew"),
    subject: () => subject.open(status.header ? status.header.subject : {}),
    ...Object.fromEntries(PHASES.map((name) => [name, () => measured.phase.choose(name)])),
    automatic: () => measured.phase.set(null),
    ...Object.fromEntries(VIEWS.map((name) => [`view ${name}`, () => measured.deck.choose(name)])),
    follow: () => measured.deck.choose(null),
    patient: () => patient && patient.toggle(),
    truth: () => patient && patient.toggleTruth(),
    anotherPerson: () => patient && patient.anotherPerson(),
    anotherPosition: () => patient && patient.anotherPosition(),
    theme: () => {
      view.theme = nextTheme();
      view.save();
      restyle();
      toast(`Theme: ${view.theme === "auto" ? "automatic" : view.theme}`);
    },
    help: () => (by("help-card").open ? by("help-card").close() : by("help-card").showModal()),
  });

  by("help-card").addEventListener("click", (event) => event.target === by("help-card") && by("help-card").close());
  new ResizeObserver(() => scope.resized() && anew()).observe(by("screen"));
  document.addEventListener("visibilitychange", () => !document.hidden && scope.repaint());
  words();
  new WaveSocket(request, onFrame);
}

// The trace is the signal as received; the band is that of the analysis beside it.
function band(about) {
  const hz = (f) => (f >= 1000 ? `${+(f / 1000).toFixed(1)} kHz` : `${+f.toFixed(1)} Hz`);
  const low = about.highpass_hz ? hz(about.highpass_hz) : "DC";
  const high = about.lowpass_hz ? hz(about.lowpass_hz) : hz(about.rate_hz / 2);
  const notch = about.notch_hz ? `, notch ${hz(about.notch_hz)}` : "";
  return `unfiltered · analysis band ${low} – ${high}${notch}`;
}

whenDrawn(start);
