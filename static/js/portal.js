// Every page works without this file. It moves the focus to what went wrong, keeps a form from being sent
// twice by a double click, and shows refusals and failures of htmx requests. The server is safe without it.
"use strict";

function focusOnWhatIsWrong(root) {
  const target = root.querySelector("[data-focus]");
  if (target) target.focus();
}

function disableAfterSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  const button = event.submitter;
  // After this turn: the button's own name and value must still be sent.
  if (!button) return;
  setTimeout(() => (button.disabled = true), 0);
  // A form that answers with a file leaves the page standing.
  setTimeout(() => (button.disabled = false), 8000);
}

function enableAll() {
  for (const button of document.querySelectorAll("button[disabled]:not([data-disabled])")) button.disabled = false;
}

function showRefusal(event) {
  const xhr = event.detail.xhr;
  if (xhr.status < 400 || !xhr.responseText.includes("data-refusal")) return;
  event.detail.shouldSwap = true;
  event.detail.swapOverride = "innerHTML";
  event.detail.target = document.getElementById("refusals");
}

function showFailure(event) {
  const region = document.getElementById("refusals");
  const status = event.detail.xhr ? event.detail.xhr.status : 0;
  if (status >= 400 && status < 500) return;
  const line = document.createElement("p");
  line.className = "refusal";
  line.textContent = region.dataset.lost;
  region.replaceChildren(line);
}

// A file over the limit is named before it is sent over a slow line; the portal refuses it all the same.
function nameTooLarge(event) {
  const form = event.target.closest && event.target.closest("form[data-most-bytes]");
  if (!form) return;
  for (const old of form.querySelectorAll(".too-large")) old.remove();
  const input = form.querySelector("input[type=file]");
  if (![...input.files].some((file) => file.size > Number(form.dataset.mostBytes))) return;
  const line = document.createElement("p");
  line.className = "errorlist too-large";
  line.setAttribute("role", "alert");
  line.textContent = form.dataset.tooLarge;
  input.before(line);
  if (event.type === "submit") event.preventDefault();
}

// On a phone the rows of a list stand as cards: there each cell says itself what its column is called.
const ROLES = { THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };

function nameCell(cell, head) {
  const content = document.createElement("div");
  content.append(...cell.childNodes);
  if (content.textContent.trim() === "" && !content.querySelector("input, select, svg")) return cell.replaceChildren();
  cell.append(content);
  if (head) cell.dataset.column = head;
}

function nameColumns(root) {
  for (const table of root.querySelectorAll("table.table-cards:not(.named)")) {
    const heads = [...table.tHead.rows[0].cells].map((head) => (head.querySelector(".visually-hidden") ? "" : head.textContent.trim()));
    for (const row of table.rows) {
      let column = 0;
      for (const cell of row.cells) {
        if (cell.tagName === "TD") nameCell(cell, heads[column]);
        column += cell.colSpan;
      }
    }
    // What is laid out otherwise is a table still for those who hear it.
    table.setAttribute("role", "table");
    for (const part of table.querySelectorAll("thead, tbody, tfoot, tr, td")) part.setAttribute("role", ROLES[part.tagName]);
    for (const head of table.querySelectorAll("th")) head.setAttribute("role", head.scope === "col" ? "columnheader" : "rowheader");
    table.classList.add("named");
  }
}

// A frame that scrolls can be reached and scrolled by keyboard.
function openFramesToTheKeyboard() {
  for (const frame of document.querySelectorAll(".table-frame")) {
    if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  focusOnWhatIsWrong(document);
  nameColumns(document);
  openFramesToTheKeyboard();
});
window.addEventListener("resize", openFramesToTheKeyboard);
document.addEventListener("change", nameTooLarge);
document.addEventListener("submit", nameTooLarge);
document.addEventListener("submit", disableAfterSubmit);
window.addEventListener("pageshow", (event) => event.persisted && enableAll());
document.addEventListener("htmx:beforeSwap", showRefusal);
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target && event.detail.target.id === "refusals") focusOnWhatIsWrong(event.detail.target);
});
document.addEventListener("htmx:responseError", showFailure);
document.addEventListener("htmx:sendError", showFailure);
document.addEventListener("htmx:timeout", showFailure);
