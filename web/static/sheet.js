// Asks the questions of a sheet one by one: progress, a way to stop and go on, and the answers as files. Only this page
// holds them.

const form = document.querySelector("form.sheet");
const results = document.getElementById("results");
const { columns, formula, speech, pronouns, months, line, leeway } = JSON.parse(results.dataset.known);
const [status, stop, body, scope] = [".progress", ".stop", "tbody", ".scope"].map((name) => results.querySelector(name));
const problem = document.getElementById("sheet-problem");

let questions = [];
let rows = [];
let filters = []; // what all of them are asked with, as an address has it
let running = null; // what ends the run in progress

const pause = (seconds, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });

// A server that is full or asked too often says when to come again.
const patiently = async (address, options) => {
  for (;;) {
    const response = await fetch(address, options);
    const seconds = Number(response.headers.get("Retry-After"));
    if (![429, 503].includes(response.status) || !(seconds > 0)) return response;
    status.textContent = `${told()} The server is busy: going on in ${seconds} s.`;
    await pause(seconds, options.signal);
  }
};

const told = () => `${rows.length} of ${questions.length} asked.`;

const saidBy = (found) => {
  if (!found) return "";
  const inferred = found.inferred ? [found.inferred] : [];
  const [said, cue, name] = [found.speaker, found.cue, ...inferred].map((each) => each.text.split(/\s+/).join(" ").trim());
  const small = said.charAt(0).toLowerCase() + said.slice(1);
  const speaker = name ? `${name} (inferred from “${said}”)` : pronouns.includes(small) ? small : said;
  return speech.includes(cue.toLowerCase()) ? speaker : `${speaker} (“${cue}”)`;
};

const withSource = ({ text, article }) => {
  const [year, month, day] = (article.published ?? "").split("-");
  const when = [Number(day), months[month - 1], year].filter(Boolean).join(" ");
  const source = [article.outlet, when].filter(Boolean).join(", ");
  return [...text.trim().split(/\s+/), ...(source ? [`(${source})`] : [])].join(" ");
};

const othersOf = (differing, answers) =>
  differing.filter((saying) => !saying.answers.includes(0)).map((saying) => withSource(answers[saying.answers[0]])).join("; ");

const rowOf = (number, { id, question }, { answers = [], differing = [], ...prediction }) => {
  const row = Object.fromEntries(columns.map((name) => [name, ""]));
  Object.assign(row, { number, id, question, generation: prediction.made_with?.generation ?? "", problem: prediction.notice ?? "" });
  if (!answers.length) return row;
  const { text, confidence, attribution, sentence, article, start, end, link } = answers[0];
  const { outlet, published, title } = article;
  const source = { outlet: outlet ?? "", date: published ?? "", title: title ?? "", article: article.id };
  const said = { differing: othersOf(differing, answers), "said by": saidBy(attribution), sentence: sentence.text };
  return { ...row, answer: text, confidence, ...said, ...source, start, end, link };
};

const ask = async (number, asked, signal) => {
  if (asked.problem) return rowOf(number, asked, { notice: asked.problem });
  const fields = new URLSearchParams([["question", asked.question], ...filters]);
  const response = await patiently(`${results.dataset.ask}?${fields}`, { signal });
  const said = await response.json();
  if (response.ok) return rowOf(number, asked, said);
  throw new Error(said.detail);
};

const shortened = (title) => (title.length > line + leeway ? `${title.slice(0, line - 1).replace(/ [^ ]*$/, "")}…` : title);

const show = (row) => {
  const line = body.insertRow();
  const cell = (text, dir = "auto") => Object.assign(line.insertCell(), { textContent: text, dir });
  cell(row.number, "");
  cell(row.question);
  const answer = cell(row.answer ? "" : row.problem || "No answer");
  if (row.answer) answer.append(Object.assign(document.createElement("a"), { textContent: row.answer, href: row.link }));
  cell(row.answer && `${Math.round(100 * row.confidence)} %`, "");
  const article = [row.outlet, shortened(row.title)].filter(Boolean).join(": ");
  for (const text of [row.differing, row["said by"], row.sentence, article, row.date]) cell(text);
};

// No cell is a formula to a spreadsheet: one that begins like it gets an apostrophe before it.
const cellOf = (value) => {
  const begins = (text) => formula.some((each) => text.startsWith(each));
  const text = typeof value === "string" && (begins(value) || begins(value.trimStart())) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const asCsv = () =>
  "\ufeff" + [columns, ...rows.map((row) => columns.map((name) => row[name]))].map((line) => `${line.map(cellOf).join(",")}\r\n`).join("");
const asJson = () => `${JSON.stringify(rows, (_, value) => (value === "" ? null : value), 1)}\n`;

const offer = (name, text, type) => {
  const link = results.querySelector(name);
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([text], { type }));
};

const run = async (control = new AbortController()) => {
  running = control;
  const { signal } = control;
  stop.textContent = "Stop";
  stop.hidden = false;
  try {
    while (rows.length < questions.length) {
      status.textContent = told();
      rows.push(await ask(rows.length + 1, questions[rows.length], signal));
      show(rows.at(-1));
    }
    status.textContent = `${told()} Done.`;
  } catch (error) {
    if (running !== control) return; // another sheet was sent meanwhile
    status.textContent = `${told()} ${signal.aborted ? "Stopped." : `Stopped: ${error.message}`}`;
  }
  running = null;
  stop.textContent = "Go on";
  stop.hidden = rows.length === questions.length;
  offer(".csv", asCsv(), "text/csv;charset=utf-8");
  offer(".json", asJson(), "application/json");
};

stop.addEventListener("click", () => (running ? running.abort() : run()));

const say = (text) => {
  problem.textContent = text && text[0].toUpperCase() + text.slice(1) + (text.endsWith(".") ? "" : ".");
  problem.hidden = !text;
  if (text) form.elements.sheet.setAttribute("aria-invalid", "true");
  else form.elements.sheet.removeAttribute("aria-invalid");
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  running?.abort();
  const control = (running = new AbortController());
  say("");
  const sent = new FormData(form);
  const options = { method: "POST", headers: { Accept: "application/json" }, body: sent, signal: control.signal };
  let read = {};
  try {
    const response = await patiently(form.action, options);
    if (response.headers.get("Content-Type")?.includes("json")) read = await response.json();
    if (!response.ok) throw new Error(read.problem ?? `the server refused the sheet, status ${response.status}; load this page again`);
  } catch (error) {
    if (running === control) {
      running = null;
      say(error.message);
    }
    return;
  }
  questions = read.questions;
  filters = [...sent].filter(([name, value]) => ["from", "to", "outlet"].includes(name) && value.trim());
  scope.textContent = read.scope;
  scope.hidden = !read.scope;
  rows = [];
  body.replaceChildren();
  results.hidden = false;
  for (const link of results.querySelectorAll("[download]")) link.removeAttribute("href");
  await run(control);
});

// Answers that nobody has would be lost with the page.
window.addEventListener("beforeunload", (event) => running && event.preventDefault());
