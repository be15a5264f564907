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

// True when it was done.
export async function command(path, done, body) {
  try {
    const how = { method: "POST", ...(body && { body: JSON.stringify(body) }) };
    const answer = await (await fetch(`/command/${path}`, how)).json();
    toast(answer.done ? done : `Not done: ${answer.reason}`, answer.done ? "" : "refused");
    return answer.done;
  } catch {
    toast("Not done: the page's server does not answer", "refused");
    return false;
  }
}
