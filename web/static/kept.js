// Questions asked and sentences kept: they stay in this browser, in a list that can be cleared and exported.

const NAME = "pressmark";
const MOST = 50;

const read = () => {
  try {
    const { asked = [], kept = [] } = JSON.parse(localStorage.getItem(NAME)) ?? {};
    return { asked: asked.filter((each) => each?.href?.startsWith?.("/?")), kept: kept.filter((each) => each?.evidence) };
  } catch {
    return { asked: [], kept: [] }; // nothing there, or not allowed
  }
};

const write = (list) => {
  try {
    localStorage.setItem(NAME, JSON.stringify(list));
    return true;
  } catch {
    return false;
  }
};

const made = (tag, text, attributes = {}) => Object.assign(document.createElement(tag), { textContent: text, ...attributes });

// Where a question was answered, it is noted; asked again, it comes first.
export const noteQuestion = () => {
  const question = document.querySelector("h1.asked")?.textContent.trim();
  if (!question) return;
  const list = read();
  const href = location.pathname + location.search;
  const asked = [{ question, href, on: new Date().toISOString() }, ...list.asked.filter((each) => each.question !== question)];
  write({ ...list, asked: asked.slice(0, MOST) });
};

export const keepButton = (evidence, status) => {
  const button = made("button", "Keep", { type: "button", className: "keep" });
  const isKept = () => read().kept.some((each) => each.evidence === evidence);
  const show = () => {
    button.setAttribute("aria-pressed", isKept());
    button.textContent = isKept() ? "Kept" : "Keep";
  };
  button.addEventListener("click", () => {
    const list = read();
    const others = list.kept.filter((each) => each.evidence !== evidence);
    const kept = isKept() ? others : [{ evidence, on: new Date().toISOString() }, ...others];
    const done = write({ ...list, kept });
    show();
    if (!done) status.textContent = "Not kept: the browser does not allow it, or has no room.";
    else status.textContent = isKept() ? "Kept in this browser: see the first page." : "Kept no more.";
  });
  show();
  return button;
};

const exported = (list) => {
  const address = URL.createObjectURL(new Blob([JSON.stringify(list, null, 2)], { type: "application/json" }));
  made("a", "", { href: address, download: "pressmark.json" }).click();
  URL.revokeObjectURL(address);
};

const rows = (items, row) => {
  const list = made("ul", "");
  for (const each of items) {
    const item = made("li", "");
    item.append(row(each));
    list.append(item);
  }
  return list;
};

// On the first page, if there is anything to show.
export const showList = () => {
  const place = document.querySelector("[data-kept]");
  const list = read();
  if (!place || !(list.asked.length || list.kept.length)) return;
  place.replaceChildren(made("h2", "In this browser", { id: "kept" }));
  if (list.asked.length) {
    place.append(made("h3", "Asked", { className: "month" }));
    place.append(rows(list.asked.slice(0, 8), ({ question, href }) => made("a", question, { href, dir: "auto" })));
  }
  if (list.kept.length) {
    place.append(made("h3", "Kept", { className: "month" }));
    place.append(rows(list.kept, ({ evidence }) => made("pre", evidence, { dir: "auto" })));
  }
  const actions = made("p", "", { className: "actions" });
  const save = made("button", "Export", { type: "button" });
  const clear = made("button", "Clear", { type: "button" });
  save.addEventListener("click", () => exported(read()));
  clear.addEventListener("click", () => {
    localStorage.removeItem(NAME);
    place.hidden = true;
    document.getElementById("q")?.focus();
  });
  actions.append(save, clear, made("span", "Only this browser knows of it.", { className: "note" }));
  place.append(actions);
  place.hidden = false;
};
