// Commands to the run. Each is answered, and the answer is shown.

const SHOWN_MS = 4000;
let timer = 0;

export function toast(text, kind = "") {
  const element = document.getElementById("toast");
  element.textContent = text;
  element.className = `shown ${kind}`;
  clearTimeout(timer);
  timer = setTimeout(() => (element.className = ""), SHOWN_MS);
}

export async function command(path, done) {
  try {
    const answer = await (await fetch(`/command/${path}`, { method: "POST" })).json();
    toast(answer.done ? done : `Not done: ${answer.reason}`, answer.done ? "" : "refused");
  } catch {
    toast("Not done: the page's server does not answer", "refused");
  }
}
