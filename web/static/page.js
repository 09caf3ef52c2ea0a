// Enhances pages that work without it: copying, progress, a shortcut, shorter addresses, a list kept in this browser.

import { keepButton, noteQuestion, showList } from "./kept.js";

const box = document.querySelector("#q, #words, #ask, #sheet");

// "/" goes to the box from anywhere but a field.
document.addEventListener("keydown", (event) => {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key === "/" && plain && box && !event.target.closest("input, select, textarea, [contenteditable]")) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

// While an answer has the focus, one key each says what one thinks of it.
for (const card of document.querySelectorAll(".answer:has(.judge)")) {
  card.tabIndex = 0;
  card.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (!plain || event.target.closest("input, select, textarea")) return;
    const key = CSS.escape(event.key.toLowerCase());
    card.querySelector(`.judge [aria-keyshortcuts="${key}"]`)?.click();
  });
}

for (const form of document.querySelectorAll("form:has(> .progress)")) {
  // What is left blank stays out of the address.
  form.addEventListener("formdata", (event) => {
    for (const name of new Set(event.formData.keys())) {
      if (name !== "q" && event.formData.getAll(name).every((value) => value === "")) event.formData.delete(name);
    }
  });

  // Reading may take a moment: say so until the next page, or until one comes back to this one.
  const progress = (text) => {
    form.toggleAttribute("data-reading", text !== "");
    form.querySelector(".progress").textContent = text;
  };
  form.addEventListener("submit", () => progress("Reading…"));
  window.addEventListener("pageshow", () => progress(""));
}

// The clipboard is closed to pages that come unencrypted from another machine: there, select and copy.
const copy = async (text) => {
  try {
    return await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    if (!copied) throw new Error("the browser did not copy");
  }
};
for (const button of document.querySelectorAll("[data-evidence]")) {
  const status = button.parentElement.querySelector("[role=status]");
  button.parentElement.hidden = false;
  button.addEventListener("click", async () => {
    status.textContent = "";
    try {
      await copy(button.dataset.evidence);
      status.textContent = "Copied: quotation, source and link.";
    } catch {
      status.textContent = "Not copied: the browser does not allow it. Select the quotation and copy it.";
    }
    button.focus();
  });
  button.after(keepButton(button.dataset.evidence, status));
}

noteQuestion();
showList();

// An address without #span, as JSON gives it, still opens at the marked words.
if (!location.hash) document.getElementById("span")?.scrollIntoView();
