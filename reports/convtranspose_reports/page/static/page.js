"use strict";
(function () {
  const PAGE = 100;
  const GLYPHS = { conforms: "✓", deviates: "≠", fails: "✗", stale: "!", unsupported: "–", declined: "⊘" };
  const COLUMNS = ["backend", "check", "verdict", "outcome", "finding"];
  const form = document.getElementById("filters");
  const table = document.getElementById("answers");
  const body = table.tBodies[0];
  const shown = document.getElementById("shown");
  const pages = document.getElementById("pages");
  let data, haystack, matching = [], first = 0;

  function element(tag, text, name) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    return made;
  }

  async function unpacked() {
    const text = atob(document.getElementById("records").textContent.trim());
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  }

  // The filter lives in the address: #cases?backend=...&feature=...
  function fromAddress() {
    const [section, query] = location.hash.slice(1).split("?");
    return section === "cases" ? new URLSearchParams(query || "") : null;
  }

  function toAddress() {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.set(name, value);
    history.replaceState(null, "", query.size ? "#cases?" + query : "#cases");
  }

  function fillChoices() {
    for (const name of [...COLUMNS, "feature"]) {
      const used = name === "feature" ? null : new Set(data.rows[name]);
      data.words[name].forEach((word, i) => {
        if (!word || (used && !used.has(i))) return;
        const option = element("option", word);
        option.value = word;
        form.elements[name].append(option);
      });
    }
  }

  // A choice that the address names and this run does not hold stays visible, and matches nothing.
  function fillForm(query) {
    for (const field of form.elements) {
      if (!field.name) continue;
      const value = query.get(field.name) || "";
      field.value = value;
      if (field.value !== value) {
        field.append(element("option", value));
        field.value = value;
      }
    }
  }

  // Indices of the dictionary's words that hold the text.
  function holding(words, text) {
    const found = new Set();
    words.forEach((word, i) => { if (word.includes(text)) found.add(i); });
    return found;
  }

  function filter() {
    const rows = data.rows;
    const tests = [];
    for (const name of COLUMNS) {
      const value = form.elements[name].value;
      if (!value) continue;
      const wanted = data.words[name].indexOf(value), column = rows[name];
      tests.push((i) => column[i] === wanted);
    }
    const feature = form.elements.feature.value;
    if (feature) {
      const wanted = data.words.feature.indexOf(feature);
      const has = data.cases.features.map((features) => features.includes(wanted));
      tests.push((i) => has[rows.case[i]]);
    }
    for (const text of form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean)) {
      const found = Object.entries(haystack).map(([name, words]) => [rows[name], holding(words, text)]);
      tests.push((i) => found.some(([column, indices]) => indices.has(column[i])));
    }
    matching = [];
    for (let i = 0; i < rows.case.length; i++) if (tests.every((test) => test(i))) matching.push(i);
    first = 0;
    draw();
  }

  function word(name, i) {
    return data.words[name][data.rows[name][i]];
  }

  function drawnRow(i) {
    const row = element("tr");
    const name = element("th");
    name.scope = "row";
    const toggle = element("button", word("case", i), "toggle");
    toggle.type = "button";
    toggle.setAttribute("aria-expanded", "false");
    toggle.addEventListener("click", () => expand(row, toggle, i));
    name.append(toggle);
    const verdict = element("td");
    const said = word("verdict", i);
    const badge = element("span", undefined, "badge " + said);
    const glyph = element("span", GLYPHS[said] + " ");
    glyph.setAttribute("aria-hidden", "true");
    badge.append(glyph, said);
    verdict.append(badge);
    const reason = element("td", undefined, "reason");
    if (word("note", i)) reason.append(element("span", word("note", i), "tag"), " ");
    reason.append(element("span", word("reason", i), "clamped"));
    row.append(name, verdict, element("td", word("backend", i)), element("td", word("check", i)),
      element("td", word("outcome", i), "code"), reason);
    return row;
  }

  function expand(row, toggle, i) {
    const open = toggle.getAttribute("aria-expanded") === "true";
    toggle.setAttribute("aria-expanded", String(!open));
    if (open) { row.nextSibling.remove(); return; }
    const detail = element("tr", undefined, "detail"), cell = element("td"), facts = element("dl", undefined, "facts");
    cell.colSpan = row.cells.length;
    const at = data.rows.case[i], cases = data.cases;
    const fact = (name, value) => { if (value) facts.append(element("dt", name), element("dd", value)); };
    fact("case", cases.summary[at]);
    fact("suite", data.words.suite[cases.suite[at]]);
    fact("features", cases.features[at].map((feature) => data.words.feature[feature]).join(", "));
    fact("clauses", cases.clauses[at]);
    fact("reason", word("reason", i));
    fact("note", word("note", i));
    fact("follows", word("follows", i));
    const finding = word("finding", i);
    if (finding) {
      const value = element("dd");
      const link = element(data.anchors[finding] ? "a" : "span", finding);
      if (data.anchors[finding]) link.href = "#" + data.anchors[finding];
      value.append(link);
      facts.append(element("dt", "discrepancy"), value);
    }
    cell.append(facts);
    detail.append(cell);
    row.after(detail);
  }

  function spaced(count) {
    return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  }

  function draw() {
    const last = Math.min(first + PAGE, matching.length);
    body.replaceChildren(...matching.slice(first, last).map(drawnRow));
    const of = spaced(matching.length) + " of " + spaced(data.rows.case.length) + " answers";
    shown.textContent = of + (matching.length > PAGE ? ", " + (first + 1) + " to " + last + " shown" : "");
    pages.hidden = matching.length <= PAGE;
    document.getElementById("page").textContent =
      "page " + (first / PAGE + 1) + " of " + Math.max(1, Math.ceil(matching.length / PAGE));
    document.getElementById("previous").disabled = first === 0;
    document.getElementById("next").disabled = last >= matching.length;
  }

  function turn(by) {
    first += by * PAGE;
    draw();
    shown.scrollIntoView();
  }

  function followAddress() {
    const query = fromAddress();
    if (query) {
      fillForm(query);
      filter();
      document.getElementById("cases").scrollIntoView();
      return;
    }
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      target.scrollIntoView();
    }
  }

  function offerCopying() {
    if (!navigator.clipboard) return;
    for (const button of document.querySelectorAll("button.copy")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.closest("figure").querySelector("pre").textContent);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      });
    }
  }

  // One tab stop for what holds many: a table's links, the cards. The arrows go from one to the next,
  // Tab goes on from the one that was last in use, through what is open in it. Text that does not
  // scroll is none.
  function offerArrows() {
    for (const table of document.querySelectorAll("main .scroll > table:not(#answers)")) {
      const links = [...table.querySelectorAll("a, summary")];
      const row = (link) => link.closest("tr"), column = (link) => link.closest("th, td").cellIndex;
      const beyond = (link, step) => {
        const others = links.filter((other) => row(other) !== row(link) && column(other) === column(link));
        const below = (other) => (link.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
        return step > 0 ? others.find(below) : others.findLast((other) => !below(other));
      };
      oneStop(links, (link) => link, beyond);
    }
    oneStop([...document.querySelectorAll(".tiles a")], (link) => link);
    oneStop([...document.querySelectorAll(".finding")], (card) => card.querySelector("summary"));
    const stops = () => {
      for (const text of document.querySelectorAll("pre")) {
        const cut = text.scrollWidth > text.clientWidth || text.scrollHeight > text.clientHeight;
        text.tabIndex = cut ? 0 : -1;
      }
    };
    stops();
    addEventListener("resize", stops);
    addEventListener("toggle", stops, true);
  }

  function oneStop(items, handle, beyond) {
    if (items.length < 2) return;
    const inside = (item) => [handle(item), ...item.querySelectorAll("a, button, summary")];
    const reach = (item, yes) => { for (const each of inside(item)) each.tabIndex = yes ? 0 : -1; };
    const step = (item, by) => items[items.indexOf(item) + by];
    let current = items[0];
    for (const item of items) {
      reach(item, item === current);
      item.addEventListener("focusin", () => {
        if (item === current) return;
        reach(current, false);
        reach(current = item, true);
      });
      handle(item).addEventListener("keydown", (event) => {
        const next = {
          ArrowLeft: () => step(item, -1), ArrowRight: () => step(item, 1),
          ArrowUp: () => (beyond || step)(item, -1), ArrowDown: () => (beyond || step)(item, 1),
          Home: () => items[0], End: () => items[items.length - 1],
        }[event.key];
        if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        if (next()) handle(next()).focus();
      });
    }
  }

  // The key / goes to the search, as on other pages; not where a letter is text.
  function offerSearchKey() {
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, select, textarea")) return;
      event.preventDefault();
      form.elements.q.focus();
    });
  }

  function openForPrinting() {
    const opened = [];
    addEventListener("beforeprint", () => {
      for (const details of document.querySelectorAll("details:not([open])")) { details.open = true; opened.push(details); }
    });
    addEventListener("afterprint", () => { while (opened.length) opened.pop().open = false; });
  }

  async function start() {
    offerCopying();
    offerArrows();
    openForPrinting();
    shown.textContent = "Unpacking the answers…";
    try {
      data = await unpacked();
    } catch (error) {
      shown.textContent = "The answers could not be unpacked in this browser: " + error;
      return;
    }
    const lower = (words) => words.map((text) => text.toLowerCase());
    haystack = {
      case: data.words.case.map((name, i) => (name + " " + data.cases.summary[i]).toLowerCase()),
      reason: lower(data.words.reason), note: lower(data.words.note), follows: lower(data.words.follows),
      finding: lower(data.words.finding),
    };
    fillChoices();
    form.hidden = table.hidden = false;
    const changed = () => { toAddress(); filter(); };
    form.addEventListener("input", changed);
    form.addEventListener("reset", () => setTimeout(changed));
    form.addEventListener("submit", (event) => event.preventDefault());
    document.getElementById("previous").addEventListener("click", () => turn(-1));
    document.getElementById("next").addEventListener("click", () => turn(1));
    addEventListener("hashchange", followAddress);
    offerSearchKey();
    filter();
    followAddress();
  }

  start();
})();
