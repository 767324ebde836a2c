// Cases as rows, backends as columns: #compare?backends=torch-cpu,onnxruntime-cpu&features=group&rows=differ.

const COMPARED = 25;
const NONE = -1;
const comparing = document.getElementById("comparing"), comparison = document.getElementById("comparison");
let answersOf, compared = [], comparedFrom = 0;

// For each case and backend the place of its answer, NONE where there is none.
class AnswersOf {
  constructor(data, foretold) {
    const { rows, words } = data, shape = words.check.indexOf("output_shape");
    this.width = words.backend.length;
    this.at = new Int32Array(words.case.length * this.width).fill(NONE);
    for (let i = 0; i < data.count; i++) {
      if ((rows.check[i] === shape) === foretold) this.at[rows.case[i] * this.width + rows.backend[i]] = i;
    }
  }

  of(at, backend) {
    return this.at[at * this.width + backend];
  }
}

// What is right is one answer for each reading that it follows, what is wrong another for each of its words; null where nothing was answered.
function saidOf(i) {
  const { rows } = data, verdict = word("verdict", i);
  if (NOT_SAID.includes(verdict)) return null;
  return [rows.outcome[i], verdict === "conforms" ? "follows " + rows.follows[i] : rows.reason[i]].join();
}

// How the answers to a case stand to each other: `same`, `differ`, or `alone` where fewer than two were given; `gap`: did one of several give none?
function standing(places) {
  const said = places.map(saidOf), given = said.filter((each) => each !== null);
  const kinds = new Set(given).size;
  return { said, stands: given.length < 2 ? "alone" : kinds > 1 ? "differ" : "same", gap: given.length > 0 && given.length < said.length };
}

function chosenIn(id) {
  return [...document.querySelectorAll(`#${id} input:checked:enabled`)].map((field) => Number(field.value));
}

// The cases that all of these were asked, that have all features, and one answer to which is what is typed.
function comparedCases(backends, features, text) {
  const { cases } = data, tests = readQuery(text).map((term) => answers.of(term)), found = [];
  for (let at = 0; at < cases.summary.length; at++) {
    const places = backends.map((backend) => answersOf.of(at, backend));
    if (places.includes(NONE) || !features.every((feature) => cases.features[at].includes(feature))) continue;
    if (places.some((i) => tests.every((test) => test.some(([name, wanted]) => wanted[data.rows[name][i]])))) found.push({ at, places, ...standing(places) });
  }
  return found;
}

function compare() {
  const backends = chosenIn("compared-backends"), features = chosenIn("compared-features");
  const found = backends.length ? comparedCases(backends, features, comparing.elements.search.value) : [];
  const wanted = comparing.elements.rows.value;
  compared = found.filter(({ stands, gap }) => wanted === "all" || (wanted === "gap" ? gap : stands === wanted));
  comparedFrom = 0;
  document.getElementById("compared-says").textContent = features.map((i) => data.words.feature[i]).join(" and ") || "any";
  const told = agreement(backends, features, found);
  document.getElementById("agreement").textContent = told.says;
  document.getElementById("partings").replaceChildren(...told.partings.map((says) => element("li", says)));
  document.getElementById("compared").textContent = saidOfComparison(backends, found);
  document.getElementById("compared-counts").replaceChildren(...backends.map((backend, n) => countsOf(backend, found.map(({ places }) => places[n]))));
  document.getElementById("compared-pairs").replaceChildren(...pairsOf(backends, found));
  drawComparison(backends);
}

// Who agrees with whom, where both answer; of two alone the sentence above says it.
function* pairsOf(backends, found) {
  if (backends.length < 3) return;
  const said = found.map((each) => each.said), names = backends.map((i) => data.words.backend[i]);
  for (let a = 0; a < backends.length; a++) {
    for (let b = a + 1; b < backends.length; b++) {
      const both = said.filter((each) => each[a] !== null && each[b] !== null), alike = both.filter((each) => each[a] === each[b]).length;
      if (both.length) yield element("li", `${names[a]} and ${names[b]} agree in ${spaced(alike)} of ${spaced(both.length)}`);
    }
  }
}

function saidOfComparison(backends, found) {
  if (!backends.length) return "No backend is chosen.";
  if (!found.length) return backends.length > 1 ? "No such case was asked of all of these." : "No such case was asked.";
  const cases = found.length === 1 ? "1 case" : spaced(found.length) + " cases";
  if (backends.length === 1) return cases + ".";
  const count = (wanted) => found.filter(({ stands }) => stands === wanted).length, same = count("same"), differ = count("differ");
  if (!same && !differ) return `${cases}; none is answered by two of these.`;
  const where = found.length === same + differ ? "they" : `${spaced(same + differ)} of them are answered by two or more, which`;
  return `${cases}: ${where} agree in ${spaced(same)} and differ in ${spaced(differ)}.`;
}

function countsOf(backend, places) {
  const item = element("li", data.words.backend[backend] + " "), counts = {};
  for (const i of places) counts[word("verdict", i)] = (counts[word("verdict", i)] ?? 0) + 1;
  for (const verdict of VERDICTS) if (counts[verdict]) item.append(badgeOf(verdict, spaced(counts[verdict]) + " "), " ");
  return item;
}

function badgeOf(verdict, count) {
  const made = badge(verdict);
  made.firstChild.after(count);
  return made;
}

function drawComparison(backends) {
  const head = element("tr"), title = element("th", "Case"), last = Math.min(comparedFrom + COMPARED, compared.length);
  title.scope = "col";
  head.append(title, ...backends.map((i) => {
    const cell = element("th");
    cell.scope = "col";
    cell.append(...data.words.backend[i].split(/(?<=[-:])/).flatMap((part) => [part, element("wbr")]), " ", element("span", data.versions[data.words.backend[i]], "says"));
    return cell;
  }));
  comparison.tHead.replaceChildren(head);
  comparison.tBodies[0].replaceChildren(...compared.slice(comparedFrom, last).map((each) => comparedRow(each, backends)));
  oneStop([...comparison.tBodies[0].rows], (row) => row.querySelector("button"));
  document.getElementById("compared-pages").hidden = compared.length <= COMPARED;
  document.getElementById("compared-page").textContent = `${comparedFrom + 1} to ${last} of ${spaced(compared.length)}`;
  document.getElementById("compared-previous").disabled = comparedFrom === 0;
  document.getElementById("compared-next").disabled = last >= compared.length;
  comparison.hidden = !compared.length;
}

function comparedRow({ at, places }, backends) {
  const row = element("tr"), name = element("th"), toggle = element("button", undefined, "toggle");
  name.scope = "row";
  toggle.type = "button";
  toggle.setAttribute("aria-expanded", "false");
  const words = element("span");
  words.append(...broken(data.words.case[at]));
  toggle.append(words);
  toggle.addEventListener("click", () => openCompared(row, toggle, at, places, backends));
  name.append(toggle, element("span", data.cases.summary[at], "says"));
  row.append(name, ...places.map((i) => {
    const verdict = word("verdict", i), cell = element("td", undefined, "glyph " + verdict), glyph = element("span", GLYPHS[verdict]);
    glyph.setAttribute("aria-hidden", "true");
    cell.append(glyph, element("span", verdict, "unseen"));
    cell.title = [verdict, word("outcome", i), word("reason", i)].filter(Boolean).join(": ");
    return cell;
  }));
  return row;
}

function openCompared(row, toggle, at, places, backends) {
  const open = toggle.getAttribute("aria-expanded") === "true";
  toggle.setAttribute("aria-expanded", String(!open));
  if (open) { row.nextSibling.remove(); return; }
  const detail = element("tr", undefined, "detail"), cell = element("td"), facts = element("dl", undefined, "facts");
  cell.colSpan = row.cells.length;
  places.forEach((i, n) => {
    const says = element("dd"), finding = word("finding", i), anchor = data.anchors[finding];
    says.append(badge(word("verdict", i)), " ", element("span", word("outcome", i), "code"), " ", word("reason", i));
    if (anchor) says.append(" ", address("why", anchor));
    facts.append(element("dt", data.words.backend[backends[n]]), says);
  });
  const links = element("p"), name = data.words.case[at];
  links.append(address("every answer to this case", "case/" + name));
  if (document.getElementById("ask") && data.cases.summary[at].startsWith("ConvTranspose ")) {
    links.append(", ", address("this call drawn, with its numbers and as code", "ask?" + new URLSearchParams({ layer: data.cases.summary[at] })));
  }
  cell.append(facts, links);
  detail.append(cell);
  row.after(detail);
}

function tick(parent, text, value, checked) {
  const label = element("label", undefined, "tick"), field = element("input");
  Object.assign(field, { type: "checkbox", value, checked });
  label.append(field, " " + text);
  parent.append(label);
  return label;
}

function comparisonToAddress() {
  const query = new URLSearchParams(), usual = usualBackends();
  const names = (id, words) => chosenIn(id).map((i) => words[i]).join(",");
  if (chosenIn("compared-backends").join() !== usual.join()) query.set("backends", names("compared-backends", data.words.backend));
  if (chosenIn("compared-features").length) query.set("features", names("compared-features", data.words.feature).replaceAll(" ", "_"));
  if (comparing.elements.of.value !== "computed") query.set("of", comparing.elements.of.value);
  if (comparing.elements.search.value) query.set("q", comparing.elements.search.value);
  if (comparing.elements.rows.value !== "all") query.set("rows", comparing.elements.rows.value);
  history.replaceState(null, "", query.size ? "#compare?" + query : "#compare");
}

function followComparison() {
  const [hash, asked] = location.hash.slice(1).split("?");
  if (hash !== "compare") return;
  const query = new URLSearchParams(asked || ""), listed = (name) => (query.get(name) || "").split(",").filter(Boolean);
  const backends = listed("backends"), features = listed("features"), usual = usualBackends();
  for (const field of document.querySelectorAll("#compared-backends input")) {
    field.checked = query.has("backends") ? backends.includes(data.words.backend[field.value]) : usual.includes(Number(field.value));
  }
  for (const field of document.querySelectorAll("#compared-features input")) {
    field.checked = features.includes(data.words.feature[field.value].replaceAll(" ", "_"));
  }
  comparing.elements.of.value = query.get("of") === "output_shape" ? "output_shape" : "computed";
  comparing.elements.search.value = query.get("q") || "";
  comparing.elements.rows.value = ["differ", "gap", "same"].includes(query.get("rows")) ? query.get("rows") : "all";
  offerBackends();
  document.getElementById("compare").scrollIntoView();
}

// A backend that gave no such answer is no column, chosen as it may be.
function offerBackends() {
  answersOf = new AnswersOf(data, comparing.elements.of.value === "output_shape");
  const gave = new Set();
  for (let i = 0; i < answersOf.at.length; i++) if (answersOf.at[i] !== NONE) gave.add(i % answersOf.width);
  for (const field of document.querySelectorAll("#compared-backends input")) {
    field.disabled = field.parentElement.hidden = !gave.has(Number(field.value));
  }
  compare();
}

function turnComparison(by) {
  comparedFrom += by * COMPARED;
  drawComparison(chosenIn("compared-backends"));
  document.getElementById("compared").scrollIntoView();
}

function offerComparison() {
  if (!comparing) return;
  const asked = new Uint8Array(data.words.backend.length), used = new Uint8Array(data.words.feature.length), usual = usualBackends();
  data.rows.backend.forEach((i) => { asked[i] = 1; });
  data.cases.features.forEach((each) => each.forEach((i) => { used[i] = 1; }));
  const offered = (id, words, flag, checked) => words.flatMap((text, i) => (flag[i] ? [tick(document.getElementById(id), text, i, checked(i))] : []));
  const field = (label) => label.querySelector("input");
  oneStop(offered("compared-backends", data.words.backend, asked, (i) => usual.includes(i)), field);
  oneStop(offered("compared-features", data.words.feature, used, () => false), field);
  comparing.hidden = false;
  comparing.addEventListener("input", (event) => {
    if (event.target.name === "words") tickSaid(event.target.value);
    if (event.target.name === "of") offerBackends();
    else compare();
    comparisonToAddress();
  });
  comparing.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("compared-previous").addEventListener("click", () => turnComparison(-1));
  document.getElementById("compared-next").addEventListener("click", () => turnComparison(1));
  addEventListener("hashchange", followComparison);
  offerBackends();
  followComparison();
}

afterAnswers.push(offerComparison);
