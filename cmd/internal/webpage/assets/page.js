"use strict";
// The table of all targets: searched, filtered, sorted, a page at a time. What
// targets have sent is only ever set as text.
(() => {
  const HOST = 0, IP = 1, OUTCOME = 2, REASON = 3, WORKER = 4, CONNECT = 5, RUN = 6, GROUP = 7, DETAIL = 8;
  const pageSize = 100;
  const byID = (id) => document.getElementById(id);
  const table = byID("table"), body = table.tBodies[0], found = byID("found"), pager = byID("pager");
  const search = byID("search"), outcome = byID("outcome"), worker = byID("worker"), clear = byID("clear");
  const number = new Intl.NumberFormat("en");

  let rows = [], words = {}, ranks = {}, onPage = new Map(); // a group's number to its rank on the page
  let group = -1, sort = { key: "", down: false }, page = 0;
  let shown = new Uint32Array(0), texts = null, keys = new Map();

  const make = (name, className, text) => {
    const e = document.createElement(name);
    if (className) e.className = className;
    if (text !== undefined) e.textContent = text;
    return e;
  };
  const spell = (ms) => {
    if (ms < 0) return "";
    if (ms < 1) return "<1 ms";
    if (ms < 1000) return ms + " ms";
    if (ms < 60000) return (ms / 1000).toFixed(ms < 10000 ? 2 : 1) + " s";
    return Math.floor(ms / 60000) + " min " + Math.round(ms % 60000 / 1000) + " s";
  };
  // Numbers in names sort by their value.
  const natural = (text) => text.toLowerCase().replace(/\d+/g, (d) => d.padStart(12, "0"));
  const rank = (list) => {
    const at = new Uint32Array(list.length);
    list.map((w, i) => [natural(w), i]).sort((a, b) => a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0).forEach((p, i) => { at[p[1]] = i; });
    return at;
  };

  const columns = [
    { key: "host", head: "Host", of: (r) => natural(r[HOST]) },
    { key: "outcome", head: "Outcome", of: (r) => ranks.outcomes[r[OUTCOME]] * words.reasons.length + ranks.reasons[r[REASON]] },
    { key: "worker", head: "Worker", of: (r) => ranks.workers[r[WORKER]] },
    { key: "connect", head: "Connect", className: "time", of: (r) => r[CONNECT] },
    { key: "run", head: "Run", className: "time", of: (r) => r[RUN] },
    { key: "detail", head: "Details", of: (r) => r[DETAIL].toLowerCase() },
  ];

  // sortKeys are those of all rows for a column, made once.
  const sortKeys = (column) => {
    if (!keys.has(column.key)) keys.set(column.key, rows.map(column.of));
    return keys.get(column.key);
  };

  // select finds the rows that are wanted, in the wanted order.
  const select = () => {
    const wanted = search.value.trim().toLowerCase();
    const o = outcome.value === "" ? -1 : Number(outcome.value), w = worker.value === "" ? -1 : Number(worker.value);
    if (wanted && !texts) texts = rows.map((r) => (r[HOST] + " " + r[IP] + " " + words.reasons[r[REASON]] + " " + r[DETAIL]).toLowerCase());
    const hits = new Uint32Array(rows.length);
    let n = 0;
    for (let i = 0; i < rows.length; i++) {
      const r = rows[i];
      if (o >= 0 && r[OUTCOME] !== o || w >= 0 && r[WORKER] !== w || group >= 0 && r[GROUP] !== group) continue;
      if (wanted && !texts[i].includes(wanted)) continue;
      hits[n++] = i;
    }
    shown = hits.subarray(0, n);
    const column = columns.find((c) => c.key === sort.key);
    if (column) {
      const k = sortKeys(column), turn = sort.down ? -1 : 1;
      shown.sort((a, b) => k[a] < k[b] ? -turn : k[a] > k[b] ? turn : a - b);
    }
  };

  const cell = (row, className, label, text) => {
    const td = make("td", className, text);
    td.setAttribute("role", "cell");
    if (label && text) td.dataset.label = label;
    row.append(td);
    return td;
  };
  const drawRow = (r) => {
    const tr = make("tr");
    tr.setAttribute("role", "row");
    const host = cell(tr, "host", "", r[HOST]);
    if (r[IP]) host.append(" ", make("small", "", r[IP]));
    const came = cell(tr, "came", "");
    came.append(make("span", "badge " + words.colours[r[OUTCOME]], words.outcomes[r[OUTCOME]]));
    if (words.reasons[r[REASON]]) came.append(" ", make("span", "reason", words.reasons[r[REASON]]));
    cell(tr, "", "worker", words.workers[r[WORKER]]);
    cell(tr, "time", "connect", spell(r[CONNECT]));
    cell(tr, "time", "run", spell(r[RUN]));
    const detail = cell(tr, "detail", "", r[DETAIL]);
    if (onPage.has(r[GROUP])) {
      const link = make("a", "", "group " + (onPage.get(r[GROUP]) + 1));
      link.href = "#g" + r[GROUP];
      detail.append(r[DETAIL] ? " · " : "", link);
    }
    return tr;
  };

  const draw = () => {
    const pages = Math.max(1, Math.ceil(shown.length / pageSize));
    page = Math.min(page, pages - 1);
    const from = page * pageSize, some = shown.subarray(from, from + pageSize);
    body.replaceChildren(...Array.from(some, (i) => drawRow(rows[i])));
    found.textContent = shown.length === rows.length ? number.format(rows.length) + " targets"
      : number.format(shown.length) + " of " + number.format(rows.length) + " targets";
    pager.hidden = pages < 2;
    pager.querySelector("span").textContent = "Page " + number.format(page + 1) + " of " + number.format(pages);
    for (const b of pager.querySelectorAll("button")) b.disabled = b.dataset.way < 0 ? page === 0 : page === pages - 1;
    clear.hidden = group < 0;
    if (group >= 0) clear.textContent = "✕ only group " + (onPage.get(group) + 1);
    for (const th of table.tHead.querySelectorAll("th")) {
      const is = th.dataset.key === sort.key;
      th.setAttribute("aria-sort", is ? (sort.down ? "descending" : "ascending") : "none");
      th.querySelector("span").textContent = is ? (sort.down ? " ▼" : " ▲") : "";
    }
  };
  const again = () => { page = 0; select(); draw(); };

  const buildHead = () => {
    const tr = make("tr");
    tr.setAttribute("role", "row");
    for (const c of columns) {
      const th = make("th", c.className), button = make("button", "", c.head), mark = make("span");
      th.scope = "col";
      th.setAttribute("role", "columnheader");
      th.dataset.key = c.key;
      mark.setAttribute("aria-hidden", "true");
      button.type = "button";
      button.append(mark);
      // Up, down, and back to the order of the list.
      button.addEventListener("click", () => {
        if (sort.key !== c.key) sort = { key: c.key, down: false };
        else if (!sort.down) sort = { key: c.key, down: true };
        else sort = { key: "", down: false };
        again();
      });
      th.append(button);
      tr.append(th);
    }
    table.tHead.append(tr);
  };
  const buildPager = () => {
    const button = (text, label, way, to) => {
      const b = make("button", "", text);
      b.type = "button";
      b.dataset.way = way;
      b.setAttribute("aria-label", label);
      b.addEventListener("click", () => { page = to(); draw(); });
      return b;
    };
    const last = () => Math.max(0, Math.ceil(shown.length / pageSize) - 1);
    pager.append(button("«", "First page", -1, () => 0), button("‹ Back", "Page before", -1, () => Math.max(0, page - 1)), make("span"),
      button("Next ›", "Next page", 1, () => Math.min(last(), page + 1)), button("»", "Last page", 1, last));
  };
  const buildFilters = () => {
    const count = (column, list) => {
      const n = new Array(list.length).fill(0);
      for (const r of rows) n[r[column]]++;
      return n;
    };
    const fill = (select, column, list, order) => {
      const n = count(column, list);
      list.map((w, i) => i).sort((a, b) => order[a] - order[b]).forEach((i) => {
        const option = make("option", "", (list[i] || "none") + " (" + number.format(n[i]) + ")");
        option.value = String(i);
        select.append(option);
      });
    };
    fill(outcome, OUTCOME, words.outcomes, ranks.outcomes);
    fill(worker, WORKER, words.workers, ranks.workers);
    let waits = 0;
    search.addEventListener("input", () => { clearTimeout(waits); waits = setTimeout(again, 120); });
    outcome.addEventListener("change", again);
    worker.addEventListener("change", again);
    clear.addEventListener("click", () => { group = -1; again(); search.focus(); });
    byID("filters").addEventListener("submit", (e) => { e.preventDefault(); again(); });
  };
  // Each folded group leads to its targets, once it is opened.
  const linkGroups = () => {
    byID("folded").addEventListener("toggle", (e) => {
      const d = e.target;
      if (!d.open || !d.id.startsWith("g") || d.querySelector(".inside > button")) return;
      const b = make("button", "", "Show these targets in the table");
      b.type = "button";
      b.addEventListener("click", () => {
        group = Number(d.id.slice(1));
        search.value = outcome.value = worker.value = "";
        again();
        found.focus({ preventScroll: true });
        byID("targets").scrollIntoView();
      });
      d.querySelector(".inside").append(b);
    }, true);
    const follow = () => {
      const d = location.hash.startsWith("#g") && byID(location.hash.slice(1));
      if (d) { d.open = true; d.scrollIntoView(); d.querySelector("summary").focus({ preventScroll: true }); }
    };
    addEventListener("hashchange", follow);
    // A link that was followed before changes no hash.
    body.addEventListener("click", (e) => { if (e.target.closest("a")) setTimeout(follow); });
    follow();
  };

  const start = () => {
    rows = JSON.parse(byID("rows").textContent);
    words = JSON.parse(byID("words").textContent);
    byID("rows").remove();
    for (const list of ["outcomes", "reasons", "workers"]) ranks[list] = rank(words[list]);
    words.groups.forEach((g, i) => onPage.set(g, i));
    buildHead(); buildPager(); buildFilters(); linkGroups();
    for (const e of [table, byID("filters")]) e.hidden = false;
    table.setAttribute("role", "table");
    again();
    document.documentElement.dataset.ready = String(Math.round(performance.now()));
  };
  // What stands above is painted first.
  found.textContent = "…";
  requestAnimationFrame(() => setTimeout(start));
})();
