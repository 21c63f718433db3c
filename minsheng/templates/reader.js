// What a script adds to the tables of a page, which is whole without it: order by a column, filter, copy.
(() => {
  "use strict";
  const say = document.currentScript.dataset;
  const LONG = 12; // rows beyond which a table gets a filter
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

  const make = (name, own, ...inside) => {
    const element = Object.assign(document.createElement(name), own);
    element.append(...inside);
    return element;
  };

  // A cell as text, as a number (NaN if it is none), and whether a bracketed mark stands in for its number.
  const read = (cell) => {
    const text = cell.innerText.replace(/\s+/g, " ").trim();
    const plain = text.replace(/,/g, "").replace(/−/g, "-");
    const number = cell.matches(".ms-number") && /^-?\d+(\.\d+)?$/.test(plain) ? plain : "";
    return { text, number, value: parseFloat(plain), gap: cell.querySelector("[data-gap]") !== null };
  };

  // A cell for a spreadsheet: numbers without grouping, text never as a formula.
  const pasted = ({ text, number }) => number || (/^[=+\-@]/.test(text) ? `'${text}` : text);

  const compare = (one, other, way) => {
    if (one.gap || other.gap) return one.gap - other.gap; // what is missing stands last, whichever way
    return way * (one.value - other.value || collator.compare(one.text, other.text));
  };

  const sortable = (table, rows) => {
    const heads = [...table.tHead.rows[0].cells];
    const turn = (head, column) => {
      const next = { none: "ascending", ascending: "descending", descending: "none" }[head.ariaSort];
      heads.forEach((one) => { if (one.ariaSort) one.ariaSort = "none"; });
      head.ariaSort = next;
      const way = next === "ascending" ? 1 : -1;
      const order = next === "none" ? rows : [...rows].sort((a, b) => compare(a.cells[column], b.cells[column], way));
      table.tBodies[0].append(...order.map((one) => one.row));
    };
    heads.forEach((head, column) => {
      if (head.querySelector("a")) return; // a head that leads somewhere does not sort
      head.ariaSort = "none";
      const button = make("button", { type: "button", title: say.sort }, ...head.childNodes);
      button.addEventListener("click", () => turn(head, column));
      head.append(button);
    });
  };

  const filter = (rows, caption, told) => {
    const field = make("input", { type: "search", ariaLabel: `${say.filter} ${caption}` });
    field.addEventListener("input", () => {
      const wanted = field.value.toLowerCase().split(/\s+/);
      rows.forEach((one) => { one.row.hidden = !wanted.every((word) => one.words.includes(word)); });
      told.textContent = `${rows.filter((one) => !one.row.hidden).length} / ${rows.length}`;
    });
    return make("label", {}, `${say.filter} `, field);
  };

  const copy = (table, caption, told) => {
    const button = make("button", { type: "button", ariaLabel: `${say.copy} ${caption}` }, say.copy);
    button.addEventListener("click", async () => {
      const lines = [...table.rows].filter((row) => !row.hidden).map((row) => [...row.cells].map(read).map(pasted).join("\t"));
      await navigator.clipboard.writeText(lines.join("\n"));
      told.textContent = say.copied;
    });
    return button;
  };

  document.querySelectorAll(".ms-table").forEach((table) => {
    const caption = table.caption.textContent;
    const rows = [...table.tBodies[0].rows].map((row) => {
      const cells = [...row.cells].map(read);
      return { row, cells, words: cells.map((cell) => cell.text).join("\t").toLowerCase() };
    });
    const told = make("output", {});
    const tools = make("div", { className: "ms-tools" });
    if (rows.length > LONG) tools.append(filter(rows, caption, told));
    if (navigator.clipboard) tools.append(copy(table, caption, told));
    if (tools.firstChild) table.parentElement.before(tools);
    tools.append(told);
    if (rows.length > 1) sortable(table, rows);
  });
})();
