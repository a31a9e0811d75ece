// The survey's grid: arrows and Enter move between cells, a row saves itself when it is left and says so,
// totals follow what is typed, a bar names the cell one is in. Without this file the form saves all rows at
// once; the server decides always.
//
// Other files may send the table the event "grid:flush": all rows are saved, and `event.detail.saved` becomes
// a promise of whether every one of them was.
"use strict";

(() => {
  const form = document.getElementById("grid-form");
  if (!form) return;
  const table = form.querySelector("table.grid");
  const voice = document.getElementById("grid-voice");
  const where = document.getElementById("grid-where");
  // Of a row's note: what is wrong word by word, of many warnings how many they are.
  const SPOKEN = ".note-body > p, .note-body > details > summary, .conflict";
  const page = new URL(form.getAttribute("action"), location.href).pathname;
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  // Rows and cells stay the same while the page stands, so they are looked up once.
  const rows = [...table.querySelectorAll("tr[data-row]")];
  const line = new Map(rows.map((row) => [row, [...row.querySelectorAll("td input, td select")]]));
  // By row: how often it was edited, and the edit that the portal has (edited > kept: not saved yet).
  const edited = new Map();
  const kept = new Map();
  // By row: the save that is on its way.
  const busy = new Map();
  // Rows that somebody else changed meanwhile: they wait for an answer, not for the next save.
  const held = new Set();
  // The cell one is in, as it was when one came: its value, and its row's edits and state.
  let before = null;

  const cells = (row) => line.get(row);
  const unsaved = (row) => (edited.get(row) || 0) > (kept.get(row) || 0);
  const nameOf = (row) => document.getElementById("p" + row.dataset.row).textContent;
  const noteOf = (row) => table.querySelector(`tr[data-note="${row.dataset.row}"]`);
  const stateOf = (row) => row.querySelector("[data-state]");
  const versionOf = (row) => stateOf(row).querySelector("input");
  const refused = (row) => stateOf(row).matches(".state-refused, .state-conflict, .state-lost");
  const ticks = (cell) => cell.type === "checkbox";
  const counts = (cell) => cell.inputMode === "numeric";
  const cellOf = (event) => {
    const cell = event.target.closest("td input, td select");
    return cell && cell.closest("tr[data-row]") ? cell : null;
  };

  // Moving ----------------------------------------------------------------------------------------

  function target(cell, key) {
    const row = cell.closest("tr");
    const column = cells(row).indexOf(cell);
    if (key === "ArrowLeft" || key === "ArrowRight") return cells(row)[column + (key === "ArrowLeft" ? -1 : 1)];
    const next = rows[rows.indexOf(row) + (key === "ArrowUp" ? -1 : 1)];
    return next && cells(next)[column];
  }

  function leaves(cell, key) {
    if (ticks(cell)) return true;
    if (cell.tagName === "SELECT") return false;
    if (key === "ArrowUp" || key === "ArrowDown") return true;
    const start = cell.selectionStart === 0 && cell.selectionEnd === 0;
    const end = cell.selectionStart === cell.value.length;
    const whole = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
    return whole || (key === "ArrowLeft" ? start : end);
  }

  function press(event) {
    const cell = cellOf(event);
    if (!cell || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape") return restore(cell);
    const enter = event.key === "Enter";
    if (!enter && (!event.key.startsWith("Arrow") || event.shiftKey || !leaves(cell, event.key))) return;
    event.preventDefault();
    const next = target(cell, enter ? (event.shiftKey ? "ArrowUp" : "ArrowDown") : event.key);
    if (next) next.focus();
    else if (enter) save(cell.closest("tr"));
  }

  // Escape: the value that the cell had when one came, and if nothing else was typed the row is as it was.
  function restore(cell) {
    if (!before || before.cell !== cell || valueOf(cell) === before.value) return;
    const row = cell.closest("tr");
    put(cell, before.value);
    totalOf(cell);
    // A save went between: to have the old value again is an edit like any other.
    if (busy.has(row) || (kept.get(row) || 0) !== before.kept) return edit(row);
    edited.set(row, before.edits);
    if (!unsaved(row)) say(row, before.kind, before.text);
  }

  // The whole box belongs to its field, also where a note beside it makes the row higher.
  function reach(event) {
    const box = event.target;
    if (box.matches("tr[data-row] > td")) box.querySelector("input, select").focus();
  }

  function valueOf(cell) {
    return ticks(cell) ? (cell.checked ? "1" : "") : cell.value;
  }

  function put(cell, value) {
    if (ticks(cell)) cell.checked = Boolean(value);
    else cell.value = value;
    if (counts(cell) && document.activeElement === cell) cell.select();
  }

  function enterCell(event) {
    const cell = cellOf(event);
    if (!cell) return;
    const row = cell.closest("tr");
    const state = stateOf(row);
    before = { cell, value: valueOf(cell), edits: edited.get(row) || 0, kept: kept.get(row) || 0 };
    before.kind = state.className.split("state-")[1];
    before.text = state.textContent;
    if (counts(cell)) cell.select();
    locate(row, cell);
  }

  // Place, item, age band, what, last year's value: so that nobody types blind where the heads are far away.
  function locate(row, cell) {
    const column = cell.id.slice(cell.id.indexOf(".") + 1);
    const head = document.getElementById(column) || document.getElementById("h-" + column);
    const earlier = document.getElementById("e" + cell.id);
    const was = earlier && `${document.getElementById("y").textContent}: ${earlier.textContent}`;
    const [place, what, before] = where.children;
    place.textContent = nameOf(row);
    what.textContent = head.getAttribute("aria-label") || head.textContent;
    before.textContent = was || "";
  }

  // Totals ----------------------------------------------------------------------------------------

  function amount(text) {
    const digits = text.trim().replace(/[. ]/g, "");
    return /^\d{1,9}$/.test(digits) ? Number(digits) : null;
  }

  // Of the one column that changed; what is given nowhere has no sum, which is not 0.
  function total(column) {
    for (const sums of table.tFoot.rows) {
      const kind = sums.dataset.total;
      const given = rows
        .filter((row) => !kind || row.dataset.kind === kind)
        .map((row) => amount(cells(row)[column].value))
        .filter((value) => value !== null);
      const sum = given.reduce((whole, value) => whole + value, 0);
      const text = given.length ? numbers.format(sum) : "–";
      const box = sums.cells[column + 1];
      if (box.textContent !== text) box.textContent = text;
    }
  }

  function totalOf(cell) {
    if (counts(cell)) total(cells(cell.closest("tr")).indexOf(cell));
  }

  // Saving ----------------------------------------------------------------------------------------

  function say(row, kind, text) {
    const state = stateOf(row);
    state.className = "row-state state-" + kind;
    while (state.lastChild !== versionOf(row)) state.lastChild.remove();
    state.append(text);
    if (kind === "refused" || kind === "lost") tell(row, text);
  }

  function tell(row, text) {
    voice.textContent = `${nameOf(row)}: ${text}`;
  }

  function edit(row) {
    edited.set(row, (edited.get(row) || 0) + 1);
    const silent = busy.has(row) || held.has(row) || stateOf(row).matches(".state-unsaved");
    if (!silent) say(row, "unsaved", table.dataset.unsaved);
  }

  function typed(event) {
    const cell = cellOf(event);
    if (!cell) return;
    const row = cell.closest("tr");
    // Who states a need takes “nothing needed” back.
    const nothing = cells(row)[0];
    if (counts(cell) && cell.value.trim() && ticks(nothing)) nothing.checked = false;
    edit(row);
    totalOf(cell);
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
    if (!refused(row) && !row.contains(document.activeElement)) save(row);
  }

  async function saveAll() {
    await Promise.all(rows.map(save));
    // What was typed while a row was on its way.
    await Promise.all(rows.filter((row) => !refused(row)).map(save));
    return !rows.some(unsaved);
  }

  async function send(row) {
    const edition = edited.get(row);
    const body = new FormData();
    for (const field of [form.elements.csrfmiddlewaretoken, versionOf(row), ...cells(row)]) {
      if (!ticks(field) || field.checked) body.append(field.name, field.value);
    }
    say(row, "saving", table.dataset.saving);
    try {
      const answer = await fetch(`${page}${row.dataset.row}/`, { method: "POST", body, redirect: "manual" });
      await show(row, answer, edition);
    } catch {
      say(row, "lost", table.dataset.lost);
    }
  }

  async function show(row, answer, edition) {
    if (answer.type === "opaqueredirect") return say(row, "lost", table.dataset.signedOut);
    const text = await answer.text();
    const part = new DOMParser().parseFromString(text, "text/html");
    const state = part.querySelector("[data-state]");
    if (!state) return say(row, "lost", table.dataset.lost);
    stateOf(row).replaceWith(state);
    if (answer.ok) saved(row, edition);
    if (part.querySelector(".conflict")) held.add(row);
    showNote(row, part.querySelector(".note-body"));
    const note = noteOf(row) ? [...noteOf(row).querySelectorAll(SPOKEN)] : [];
    tell(row, [state, ...note].map((said) => said.textContent.trim()).join(" "));
  }

  function saved(row, edition) {
    kept.set(row, edition);
    if (unsaved(row)) say(row, "unsaved", table.dataset.unsaved);
    const copy = row.querySelector("button[name=copy]");
    if (copy) copy.remove();
  }

  function showNote(row, body) {
    const old = noteOf(row);
    if (old) old.remove();
    for (const cell of cells(row)) {
      if (cell.hasAttribute("aria-invalid")) cell.removeAttribute("aria-invalid");
      describe(cell, "");
    }
    if (!body) return;
    const note = document.createElement("tr");
    note.className = "row-note";
    note.dataset.note = row.dataset.row;
    const frame = note.insertCell();
    frame.colSpan = row.cells.length;
    frame.append(body);
    row.after(note);
    // The note of the row above pushes down the cell that somebody is typing in.
    const focused = document.activeElement;
    if (focused.closest("tr[data-row]")) focused.scrollIntoView({ block: "nearest", inline: "nearest" });
    for (const said of body.querySelectorAll("[data-cell]:not(.warning)")) {
      const cell = document.getElementById(said.dataset.cell);
      if (!cell) continue;
      cell.setAttribute("aria-invalid", "true");
      describe(cell, body.id);
    }
  }

  // By the note under its row, and by last year's value.
  function describe(cell, note) {
    const earlier = document.getElementById("e" + cell.id) ? `y e${cell.id}` : "";
    const by = `${note} ${earlier}`.trim();
    if (by === (cell.getAttribute("aria-describedby") || "")) return;
    if (by) cell.setAttribute("aria-describedby", by);
    else cell.removeAttribute("aria-describedby");
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
      for (const theirs of note.querySelectorAll("[data-theirs]")) {
        const cell = document.getElementById(theirs.dataset.cell);
        put(cell, theirs.dataset.theirs);
        totalOf(cell);
      }
    }
    held.delete(row);
    edit(row);
    cells(row)[0].focus();
    save(row);
  }

  // Leaving the page --------------------------------------------------------------------------------

  // A link is followed once all rows are saved; a second click leaves in spite of a refused row.
  async function follow(event) {
    const link = event.target.closest("a[href]");
    if (!link || link.dataset.tried || link.target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.getAttribute("href").startsWith("#") || !rows.some(unsaved)) return;
    event.preventDefault();
    link.dataset.tried = "yes";
    if (await saveAll()) location.assign(link.href);
    else goToUnsaved();
  }

  function goToUnsaved() {
    cells(rows.find(unsaved))[0].focus();
  }

  // “Copy last year” and “nothing in all other rows” stand on what is saved, so what is typed goes first.
  async function leave(event) {
    const button = event.submitter;
    form.dataset.sent = "yes";
    if (!button || !button.matches("[formaction]")) return;
    if (!rows.some(unsaved)) return sendAlone(button);
    form.dataset.sent = "";
    event.preventDefault();
    if (await saveAll()) form.requestSubmit(button);
    else goToUnsaved();
  }

  // All rows are saved: what a colleague changed meanwhile must not meet this page's older values.
  function sendAlone(button) {
    for (const field of form.elements) {
      if (field !== button && field.name !== "csrfmiddlewaretoken") field.disabled = true;
    }
  }

  table.addEventListener("keydown", press);
  table.addEventListener("focusin", enterCell);
  table.addEventListener("input", typed);
  table.addEventListener("focusout", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (row && !row.contains(event.relatedTarget)) save(row);
  });
  table.addEventListener("click", answer);
  table.addEventListener("click", reach);
  table.addEventListener("grid:flush", (event) => (event.detail.saved = saveAll()));
  document.addEventListener("click", follow);
  window.addEventListener("online", () => rows.forEach(save));
  window.addEventListener("beforeunload", (event) => {
    if (!form.dataset.sent && rows.some(unsaved)) event.preventDefault();
  });
  form.addEventListener("submit", leave);
  // A page that the browser kept has older rows, and fields that were not sent.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  where.hidden = false;
})();
