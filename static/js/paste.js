// Several cells pasted into one cell of the grid go to the preview page, with the cell where they begin. What
// was typed before is saved first. Without this file the link “Paste from Excel” leads to the same page.
"use strict";

(() => {
  const form = document.getElementById("paste-form");
  const table = document.querySelector("#grid-form table.grid");
  if (!form || !table) return;
  const note = form.querySelector("[data-unsaved]");
  // Beyond this the portal takes no form at all; what is less and still too much it refuses by name.
  const MOST = 500000;
  // The rows could not be saved once, and the block was sent once more.
  let tried = false;

  // Excel ends even a single cell with a line break.
  const isBlock = (text) => /[\t\r\n]/.test(text.replace(/[\r\n]+$/, ""));

  function paste(event) {
    const cell = event.target.closest("tr[data-row] td input, tr[data-row] td select");
    const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    if (!cell || !isBlock(text)) return;
    event.preventDefault();
    const [place, column] = cell.name.split(".");
    form.elements.place.value = place;
    // The box “nothing needed” is no column of a block.
    form.elements.column.value = cell.type === "checkbox" ? firstColumn(cell) : column;
    form.elements.block.value = text.length > MOST ? text.trimEnd() : text;
    tried = false;
    if (form.elements.block.value.length > MOST) hold(note.dataset.large);
    else send();
  }

  function firstColumn(cell) {
    return cell.closest("tr").querySelector("input[inputmode=numeric]").name.split(".")[1];
  }

  async function send() {
    if ((await saved()) || tried) return form.submit();
    tried = true;
    hold(note.dataset.unsaved);
  }

  // Whether all that was typed into the grid is saved now (grid.js).
  async function saved() {
    const flush = new CustomEvent("grid:flush", { detail: {} });
    table.dispatchEvent(flush);
    return flush.detail.saved === undefined ? true : flush.detail.saved;
  }

  function hold(why) {
    form.hidden = false;
    note.textContent = why;
    note.focus();
  }

  table.addEventListener("paste", paste);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
})();
