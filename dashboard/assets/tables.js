// Tables beside norms: the muscle's, and that of the interference pattern.

import { by, keep, make, put } from "./dom.js";

const COUNTED = "Shape counts of units that lie near enough, by their rise time; duration and firing rate of all accepted.";
const MARK = { above: " ▲", below: " ▼", "": "" };

export function showMuscle(muscle, empty) {
  put(by("muscle-counts"), muscle ? muscle.counts : "");
  put(by("muscle-foot"), muscle ? muscle.foot : "");
  put(by("muscle-empty"), muscle ? "" : empty);
  showRows(by("muscle-rows"), muscle ? muscle.rows : [], ["n", "mean ± SD", "norm", "z"]);
  if (muscle && muscle.rows.length) by("muscle-rows").firstChild.title = COUNTED;
  keep(by("muscle-lines"), muscle ? muscle.lines : [], (line) => line.name, makeLine, fillLine);
}

export function showInterference(rows, foot) {
  put(by("epoch-foot"), foot ? `${foot[0].toUpperCase()}${foot.slice(1)}.` : "");
  // Without a norm anywhere its columns would stand empty.
  by("epoch-rows").classList.toggle("bare", !rows.some((row) => row.norm || row.z));
  showRows(by("epoch-rows"), rows, ["newest", "mean ± SD", "norm", "z"]);
}

// A row of headings, then one for each measure. Columns are those of the headings.
function showRows(place, rows, headings) {
  const head = rows.length ? [{ name: "", heads: headings }] : [];
  keep(place, [...head, ...rows], (row) => row.name, (row) => makeRow(row), fillRow);
}

function makeRow(row) {
  const line = make("div", row.heads ? "row heads" : "row");
  for (const column of ["name", "n", "mean", "norm", "z"]) line.append(make("span", column));
  line.firstChild.append(make("span"), make("small"));
  return line;
}

function fillRow(line, row) {
  const [name, n, mean, norm, z] = line.children;
  if (row.heads) {
    [n, mean, norm, z].forEach((cell, i) => put(cell, row.heads[i]));
    return;
  }
  put(name.firstChild, row.name);
  put(name.lastChild, row.unit);
  put(n, row.now || (line.parentNode.id === "epoch-rows" ? "" : row.n));
  put(mean, row.mean);
  put(norm, row.norm + (row.unverified ? " †" : ""));
  put(z, row.z + MARK[row.side]);
  line.dataset.side = row.side;
  if (line.title !== row.note) line.title = row.note;
}

function makeLine() {
  const line = make("div", "statement");
  line.append(make("span", "name"), make("b"), make("span", "reason"));
  return line;
}

function fillLine(line, { name, said, why, outside }) {
  line.classList.toggle("outside", outside);
  const [of, words, reason] = line.children;
  put(of, name);
  put(words, said);
  put(reason, why);
  line.title = why;
}
