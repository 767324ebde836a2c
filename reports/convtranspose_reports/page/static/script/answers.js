// The table of all answers: drawn a page at a time, each row opening into what is known of it.

const PAGE = 100;
const form = document.getElementById("filters");
const table = document.getElementById("answers");
const shown = document.getElementById("shown");
let data, answers, matching = [], first = 0;

// The filter lives in the address: #cases?backend=...&q=..., and #case/ID for one case.
function fromAddress() {
  const hash = decodeURIComponent(location.hash.slice(1).split("?", 1)[0]);
  if (hash.startsWith("case/")) return new URLSearchParams({ q: "case=" + hash.slice(5) });
  return hash === "cases" ? new URLSearchParams(location.hash.split("?")[1] || "") : null;
}

function toAddress() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) query.set(name, value);
  history.replaceState(null, "", query.size ? "#cases?" + query : "#cases");
}

function fillChoices() {
  for (const name of [...CHOICES, "feature"]) {
    const used = name === "feature" ? null : new Set(data.kinds[name]);
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

function filter() {
  matching = answers.rows(Object.fromEntries(new FormData(form)), form.elements.q.value);
  first = 0;
  draw();
}

function word(name, i) {
  return name === "case" ? data.words.case.at(data.rows.case[i]) : data.words[name].at(data.kinds[name][data.rows.kind[i]]);
}

// A long name breaks where one of its words ends.
function broken(name) {
  return name.split(/(?<=[_/])/).flatMap((part) => [part, element("wbr")]);
}

function badge(said) {
  const made = element("span", undefined, "badge " + said), glyph = element("span", GLYPHS[said] + " ");
  glyph.setAttribute("aria-hidden", "true");
  made.append(glyph, said);
  return made;
}

function drawnRow(i) {
  const row = element("tr"), verdict = element("th"), answer = element("td", undefined, "reason"), name = element("td", undefined, "id");
  verdict.scope = "row";
  const toggle = element("button", undefined, "toggle");
  toggle.type = "button";
  toggle.setAttribute("aria-expanded", "false");
  toggle.addEventListener("click", () => expand(row, toggle, i));
  toggle.append(badge(word("verdict", i)), element("span", ", " + word("backend", i) + ", " + word("case", i), "unseen"));
  verdict.append(toggle);
  if (word("note", i)) answer.append(element("span", word("note", i), "tag"), " ");
  answer.append(element("span", word("outcome", i), "code"));
  if (word("reason", i)) answer.append(element("span", word("reason", i), "clamped"));
  name.append(...broken(word("case", i)));
  row.append(verdict, element("td", word("backend", i)), answer, element("td", word("check", i)), name);
  return row;
}

function address(text, to) {
  const link = element("a", text);
  link.href = "#" + to;
  return link;
}

function expand(row, toggle, i) {
  const open = toggle.getAttribute("aria-expanded") === "true";
  toggle.setAttribute("aria-expanded", String(!open));
  if (open) { row.nextSibling.remove(); return; }
  const detail = element("tr", undefined, "detail"), cell = element("td"), facts = element("dl", undefined, "facts");
  cell.colSpan = row.cells.length;
  const at = data.rows.case[i], { cases, sets } = data, finding = word("finding", i), anchor = data.anchors[finding];
  const fact = (name, ...value) => { if (value[0]) { const says = element("dd"); says.append(...value); facts.append(element("dt", name), says); } };
  fact("case", data.summary.at(at));
  fact("suite", data.words.suite[cases.suite[at]]);
  fact("features", sets.features[cases.features[at]].map((feature) => data.words.feature[feature]).join(", "));
  fact("clauses", sets.clauses[cases.clauses[at]]);
  fact("reason", word("reason", i));
  fact("note", word("note", i));
  fact("follows", word("follows", i));
  fact("finding", anchor ? address(finding, anchor) : finding);
  const link = "case/" + word("case", i);
  fact("answers", address("of every backend to this case", link), " ", copyLink(link));
  cell.append(facts);
  detail.append(cell);
  row.after(detail);
}

function draw() {
  const last = Math.min(first + PAGE, matching.length);
  table.tBodies[0].replaceChildren(...Array.from(matching.slice(first, last), drawnRow));
  const of = spaced(matching.length) + " of " + spaced(data.count) + " answers";
  shown.textContent = of + (matching.length > PAGE ? ", " + (first + 1) + " to " + last + " shown" : "");
  document.getElementById("pages").hidden = matching.length <= PAGE;
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
    for (let each = target; each; each = each.parentElement.closest("details")) each.open = true;
    target.scrollIntoView();
  }
}

function offerAnswers() {
  answers = new Filter();
  fillChoices();
  form.hidden = table.hidden = false;
  const changed = () => { toAddress(); filter(); };
  form.addEventListener("input", changed);
  form.addEventListener("reset", () => setTimeout(changed));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("previous").addEventListener("click", () => turn(-1));
  document.getElementById("next").addEventListener("click", () => turn(1));
  addEventListener("hashchange", followAddress);
  filter();
  followAddress();
}
