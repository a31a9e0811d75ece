// The survey's grid: arrows and Enter move between cells, a row saves itself when it is left and says so,
// totals follow what is typed. Without this file the form saves all rows at once; the server decides always.
"use strict";

(() => {
  const form = document.getElementById("grid-form");
  if (!form) return;
  const table = form.querySelector("table.grid");
  const voice = document.getElementById("grid-voice");
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  // By row: how often it was edited, and the edit that the portal has (edited > kept: not saved yet).
  const edited = new Map();
  const kept = new Map();
  // By row: the save that is on its way.
  const busy = new Map();
  // Rows that somebody else changed meanwhile: they wait for an answer, not for the next save.
  const held = new Set();

  const rows = () => [...table.querySelectorAll("tr[data-row]")];
  const cells = (row) => [...row.querySelectorAll("td input, td select")];
  const unsaved = (row) => (edited.get(row) || 0) > (kept.get(row) || 0);
  const nameOf = (row) => document.getElementById("p" + row.dataset.row).textContent;
  const noteOf = (row) => table.querySelector(`tr[data-note="${row.dataset.row}"]`);
  const stateOf = (row) => row.querySelector("[data-state]");
  const versionOf = (row) => stateOf(row).querySelector("input");

  // Moving ----------------------------------------------------------------------------------------

  function target(cell, key) {
    const row = cell.closest("tr");
    const line = cells(row);
    const column = line.indexOf(cell);
    if (key === "ArrowLeft" || key === "ArrowRight") return line[column + (key === "ArrowLeft" ? -1 : 1)];
    const all = rows();
    const next = all[all.indexOf(row) + (key === "ArrowUp" ? -1 : 1)];
    return next && cells(next)[column];
  }

  function leaves(cell, key) {
    if (key === "Enter") return true;
    if (cell.tagName === "SELECT") return false;
    if (key === "ArrowUp" || key === "ArrowDown") return true;
    const start = cell.selectionStart === 0 && cell.selectionEnd === 0;
    const end = cell.selectionStart === cell.value.length;
    const whole = cell.selectionStart === 0 && end;
    return whole || (key === "ArrowLeft" ? start : key === "ArrowRight" && end);
  }

  function move(event) {
    const cell = event.target.closest("td input, td select");
    const keys = ["Enter", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
    if (!cell || !keys.includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!cell.closest("tr[data-row]") || !leaves(cell, event.key)) return;
    event.preventDefault();
    const next = target(cell, event.key);
    if (next) next.focus();
    else if (event.key === "Enter") save(cell.closest("tr"));
  }

  // Totals ----------------------------------------------------------------------------------------

  function amount(text) {
    const digits = text.trim().replace(/[. ]/g, "");
    return /^\d{1,9}$/.test(digits) ? Number(digits) : null;
  }

  function total(column) {
    for (const line of table.querySelectorAll("tr[data-total]")) {
      const kind = line.dataset.total;
      const given = rows()
        .filter((row) => !kind || row.dataset.kind === kind)
        .map((row) => amount(cells(row)[column].value))
        .filter((value) => value !== null);
      const sum = given.reduce((whole, value) => whole + value, 0);
      line.cells[column + 1].textContent = given.length ? numbers.format(sum) : "–";
    }
  }

  function totalOf(cell) {
    const column = cells(cell.closest("tr")).indexOf(cell);
    if (cell.inputMode === "numeric") total(column);
  }

  // Saving ----------------------------------------------------------------------------------------

  function say(row, kind, text) {
    const state = stateOf(row);
    state.className = "row-state state-" + kind;
    while (state.lastChild !== versionOf(row)) state.lastChild.remove();
    state.append(text);
    if (kind !== "unsaved" && kind !== "saving") tell(row, text);
  }

  function tell(row, text) {
    voice.textContent = `${nameOf(row)}: ${text}`;
  }

  function edit(row) {
    edited.set(row, (edited.get(row) || 0) + 1);
    if (!busy.has(row) && !held.has(row)) say(row, "unsaved", table.dataset.unsaved);
  }

  // Resolves once the portal has answered, whatever it answered.
  function save(row) {
    if (!busy.has(row) && unsaved(row) && !held.has(row)) {
      const sent = send(row).then(() => busy.delete(row));
      busy.set(row, sent);
      sent.then(() => again(row));
    }
    return busy.get(row);
  }

  // What was typed while the row was on its way goes on a journey of its own.
  function again(row) {
    const refused = stateOf(row).matches(".state-refused, .state-conflict, .state-lost");
    if (!refused && !row.contains(document.activeElement)) save(row);
  }

  async function send(row) {
    const edition = edited.get(row);
    const body = new FormData();
    for (const field of [form.elements.csrfmiddlewaretoken, versionOf(row), ...cells(row)]) {
      body.append(field.name, field.value);
    }
    say(row, "saving", table.dataset.saving);
    try {
      const url = `${location.pathname}${row.dataset.row}/`;
      const answer = await fetch(url, { method: "POST", body, redirect: "manual" });
      await show(row, answer, edition);
    } catch {
      say(row, "lost", table.dataset.lost);
    }
  }

  async function show(row, answer, edition) {
    if (answer.type === "opaqueredirect") return say(row, "lost", table.dataset.signedOut);
    const text = await answer.text();
    const page = new DOMParser().parseFromString(text, "text/html");
    const state = page.querySelector("[data-state]");
    if (!state) return say(row, "lost", table.dataset.lost);
    stateOf(row).replaceWith(state);
    if (answer.ok) kept.set(row, edition);
    if (answer.ok && unsaved(row)) say(row, "unsaved", table.dataset.unsaved);
    if (page.querySelector(".conflict")) held.add(row);
    showNote(row, page.querySelector(".note-body"));
    tell(row, [state.textContent, noteOf(row) ? noteOf(row).textContent : ""].join(" ").trim());
  }

  function showNote(row, body) {
    const old = noteOf(row);
    if (old) old.remove();
    for (const cell of cells(row)) {
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("aria-describedby");
    }
    if (!body) return;
    const note = document.createElement("tr");
    note.className = "row-note";
    note.dataset.note = row.dataset.row;
    const frame = note.insertCell();
    frame.colSpan = row.cells.length;
    frame.append(body);
    row.after(note);
    for (const line of body.querySelectorAll("[data-cell]")) {
      const cell = document.getElementById(line.dataset.cell);
      if (!cell) continue;
      cell.setAttribute("aria-invalid", "true");
      cell.setAttribute("aria-describedby", body.id);
    }
  }

  // Two people on one row -------------------------------------------------------------------------

  function answer(event) {
    const button = event.target.closest("button[name=take], button[name=keep]");
    if (!button) return;
    event.preventDefault();
    const [id, version] = button.value.split(":");
    const row = table.querySelector(`tr[data-row="${id}"]`);
    const note = noteOf(row);
    const keep = note.querySelector("button[name=keep]").value.split(":")[1];
    versionOf(row).value = version || keep;
    if (button.name === "take") {
      for (const line of note.querySelectorAll("[data-theirs]")) {
        const cell = document.getElementById(line.dataset.cell);
        cell.value = line.dataset.theirs;
        totalOf(cell);
      }
    }
    held.delete(row);
    edit(row);
    cells(row)[0].focus();
    save(row);
  }

  // Leaving the page ----------------------------------------------------------------------------------

  // A link is followed once all rows are saved; a second click leaves in spite of a refused row.
  async function follow(event) {
    const link = event.target.closest("a[href]");
    if (!link || link.dataset.tried || link.target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.getAttribute("href").startsWith("#") || !rows().some(unsaved)) return;
    event.preventDefault();
    link.dataset.tried = "yes";
    await Promise.all(rows().map(save));
    const left = rows().find(unsaved);
    if (!left) location.assign(link.href);
    else cells(left)[0].focus();
  }

  table.addEventListener("keydown", move);
  table.addEventListener("focusin", (event) => {
    if (event.target.inputMode === "numeric") event.target.select();
  });
  table.addEventListener("input", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row) return;
    edit(row);
    totalOf(event.target);
  });
  table.addEventListener("focusout", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (row && !row.contains(event.relatedTarget)) save(row);
  });
  table.addEventListener("click", answer);
  document.addEventListener("click", follow);
  window.addEventListener("online", () => rows().forEach(save));
  window.addEventListener("beforeunload", (event) => {
    if (!form.dataset.sent && rows().some(unsaved)) event.preventDefault();
  });
  form.addEventListener("submit", () => (form.dataset.sent = "yes"));
})();
