// Cases as rows, backends as columns: #compare?backends=torch-cpu,onnxruntime-cpu&features=group&rows=differ.

const COMPARED = 25;
const NONE = -1;
const comparing = document.getElementById("comparing"), comparison = document.getElementById("comparison");
let foretold = false, given, stood, compared = [], comparedFrom = 0;
let compareFirst = offerBackends; // nothing is compared before it comes near the window, is asked for, or nothing else is to be done

// For each case and backend the place of its answer, NONE where there is none.
class AnswersOf {
  constructor(foretold) {
    const { rows, kinds, words, count } = data, shape = words.check.indexOf("output_shape"), among = byKind((kind) => (kinds.check[kind] === shape) === foretold);
    this.width = words.backend.length;
    this.at = new Int32Array(words.case.length * this.width).fill(NONE);
    for (let i = 0; i < count; i++) if (among[rows.kind[i]]) this.at[rows.case[i] * this.width + kinds.backend[rows.kind[i]]] = i;
    this.gave = new Set(kinds.backend.filter((_, kind) => among[kind]));
  }

  of(at, backend) {
    return this.at[at * this.width + backend];
  }
}

function answersOf() {
  return (given ??= new AnswersOf(foretold));
}

// By kind, the number of how an answer stands to others, and by that number what it says: what is right is one answer for each reading that it follows, what
// is wrong another for each of its words; null where nothing was answered.
function stances() {
  if (stood) return stood;
  const { kinds, words } = data, numbers = new Map(), told = new Map(), said = [];
  const number = (of, key) => of.get(key) ?? of.set(key, of.size).size - 1;
  const of = byKind((kind) => {
    const verdict = words.verdict[kinds.verdict[kind]], answer = [kinds.outcome[kind], verdict === "conforms" ? "follows " + kinds.follows[kind] : kinds.reason[kind]].join();
    const stance = number(numbers, [verdict, kinds.finding[kind], answer].join());
    said[stance] = NOT_SAID.includes(verdict) ? null : number(told, answer);
    return stance;
  }, Uint32Array);
  return stood = { of, said };
}

// How the answers to a case stand to each other: `same`, `differ`, or `alone` where fewer than two were given; `gap`: did one of several give none?
function standing(said) {
  const answers = said.filter((each) => each !== null), kinds = new Set(answers).size;
  return { said, stands: answers.length < 2 ? "alone" : kinds > 1 ? "differ" : "same", gap: answers.length > 0 && answers.length < said.length };
}

function chosenIn(id) {
  return [...document.querySelectorAll(`#${id} input:checked:enabled`)].map((field) => Number(field.value));
}

// The cases that all of these were asked, that have all features, and one answer to which is what is typed: {cases, of, groups}. Cases to which the answers
// stand alike are a group, {places of one of them, count, ...standing}, and `of` is the number of each one's.
function comparedCases(backends, features, text) {
  const { cases, sets } = data, having = flags(sets.features, (each) => features.every((feature) => each.includes(feature)));
  const wanted = text.trim() ? answers.wanted(text) : null, table = answersOf(), grouped = new Groups(backends.length), places = new Int32Array(backends.length);
  for (let at = 0; at < cases.features.length; at++) {
    if (!having[cases.features[at]]) continue;
    for (let n = 0; n < places.length; n++) places[n] = table.of(at, backends[n]);
    if (!places.includes(NONE) && (!wanted || places.some((i) => wanted.has(i)))) grouped.add(at, places);
  }
  return grouped;
}

class Groups {
  constructor(width) {
    Object.assign(this, { cases: [], of: [], groups: [], next: new Map(), group: new Map(), stances: new Int32Array(width), stance: stances() });
  }

  add(at, places) {
    const { of, said } = this.stance, last = this.of.length ? this.of.at(-1) : -1;
    let alike = last >= 0;
    for (let n = 0; n < places.length; n++) {
      const stance = of[data.rows.kind[places[n]]];
      alike &&= this.stances[n] === stance;
      this.stances[n] = stance;
    }
    const group = alike ? last : this.find(said.length);
    this.groups[group] ??= { places: [...places], count: 0, ...standing(Array.from(this.stances, (stance) => said[stance])) };
    this.groups[group].count++;
    this.cases.push(at);
    this.of.push(group);
  }

  // Where several stances lead to, one after the other.
  find(kinds) {
    let node = 0;
    for (const stance of this.stances) {
      const step = node * kinds + stance;
      if (!this.next.has(step)) this.next.set(step, this.next.size + 1);
      node = this.next.get(step);
    }
    if (!this.group.has(node)) this.group.set(node, this.group.size);
    return this.group.get(node);
  }
}

const countOf = (groups) => groups.reduce((sum, { count }) => sum + count, 0);

function compare() {
  const backends = chosenIn("compared-backends"), features = chosenIn("compared-features"), wanted = comparing.elements.rows.value;
  const { cases, of, groups } = comparedCases(backends, features, comparing.elements.search.value), asked = backends.length ? groups : [];
  const shown = groups.map(({ stands, gap }) => wanted === "all" || (wanted === "gap" ? gap : stands === wanted));
  compared = asked.length ? cases.filter((_, i) => shown[of[i]]) : [];
  comparedFrom = 0;
  document.getElementById("compared-says").textContent = features.map((i) => data.words.feature[i]).join(" and ") || "any";
  const told = agreement(backends, features, asked);
  document.getElementById("agreement").textContent = told.says;
  document.getElementById("partings").replaceChildren(...told.partings.map((says) => element("li", says)));
  document.getElementById("compared").textContent = saidOfComparison(backends, asked);
  document.getElementById("compared-counts").replaceChildren(...backends.map((backend, n) => countsOf(backend, asked, n)));
  document.getElementById("compared-pairs").replaceChildren(...pairsOf(backends, asked));
  drawComparison(backends);
}

// Who agrees with whom, where both answer; of two alone the sentence above says it.
function* pairsOf(backends, groups) {
  if (backends.length < 3) return;
  const names = backends.map((i) => data.words.backend[i]);
  for (let a = 0; a < backends.length; a++) {
    for (let b = a + 1; b < backends.length; b++) {
      const [together, same] = agreeing(groups, [a, b]);
      if (together) yield element("li", `${names[a]} and ${names[b]} agree in ${spaced(same)} of ${spaced(together)}`);
    }
  }
}

function saidOfComparison(backends, groups) {
  const whole = countOf(groups);
  if (!backends.length) return "No backend is chosen.";
  if (!whole) return backends.length > 1 ? "No such case was asked of all of these." : "No such case was asked.";
  const cases = casesOf(whole);
  if (backends.length === 1) return cases + ".";
  const count = (wanted) => countOf(groups.filter(({ stands }) => stands === wanted)), same = count("same"), differ = count("differ");
  if (!same && !differ) return `${cases}; none is answered by two of these.`;
  const where = whole === same + differ ? "they" : `${spaced(same + differ)} of them are answered by two or more, which`;
  return `${cases}: ${where} agree in ${spaced(same)} and differ in ${spaced(differ)}.`;
}

function countsOf(backend, groups, n) {
  const item = element("li", data.words.backend[backend] + " "), counts = {};
  for (const { places, count } of groups) counts[word("verdict", places[n])] = (counts[word("verdict", places[n])] ?? 0) + count;
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
  comparison.tBodies[0].replaceChildren(...compared.slice(comparedFrom, last).map((at) => comparedRow(at, backends)));
  oneStop([...comparison.tBodies[0].rows], (row) => row.querySelector("button"));
  document.getElementById("compared-pages").hidden = compared.length <= COMPARED;
  document.getElementById("compared-page").textContent = `${comparedFrom + 1} to ${last} of ${spaced(compared.length)}`;
  document.getElementById("compared-previous").disabled = comparedFrom === 0;
  document.getElementById("compared-next").disabled = last >= compared.length;
  comparison.hidden = !compared.length;
}

function comparedRow(at, backends) {
  const places = backends.map((backend) => answersOf().of(at, backend)), row = element("tr"), name = element("th"), toggle = element("button", undefined, "toggle");
  name.scope = "row";
  toggle.type = "button";
  toggle.setAttribute("aria-expanded", "false");
  const words = element("span");
  words.append(...broken(data.words.case.at(at)));
  toggle.append(words);
  toggle.addEventListener("click", () => openCompared(row, toggle, at, places, backends));
  name.append(toggle, element("span", data.summary.at(at), "says"));
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
  const links = element("p"), summary = data.summary.at(at);
  links.append(address("every answer to this case", "case/" + data.words.case.at(at)));
  if (document.getElementById("ask") && summary.startsWith("ConvTranspose ")) {
    links.append(", ", address("this call drawn, with its numbers and as code", "ask?" + new URLSearchParams({ layer: summary })));
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
  compareFirst = offerBackends;
  compareFirst();
  document.getElementById("compare").scrollIntoView();
}

// A backend that gave no such answer is no column, chosen as it may be.
function offerBackends() {
  compareFirst = () => {};
  foretold = comparing.elements.of.value === "output_shape";
  given = undefined;
  for (const field of document.querySelectorAll("#compared-backends input")) {
    field.disabled = field.parentElement.hidden = !answersOf().gave.has(Number(field.value));
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
  const asked = new Set(data.kinds.backend), used = new Set(data.sets.features.flat()), usual = usualBackends();
  const offered = (id, words, among, checked) => words.flatMap((text, i) => (among.has(i) ? [tick(document.getElementById(id), text, i, checked(i))] : []));
  const field = (label) => label.querySelector("input");
  oneStop(offered("compared-backends", data.words.backend, asked, (i) => usual.includes(i)), field);
  oneStop(offered("compared-features", data.words.feature, used, () => false), field);
  comparing.hidden = false;
  comparing.addEventListener("input", (event) => {
    if (event.target.name === "words") tickSaid(event.target.value);
    compareFirst();
    if (event.target.name === "of") offerBackends();
    else compare();
    comparisonToAddress();
  });
  comparing.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("compared-previous").addEventListener("click", () => turnComparison(-1));
  document.getElementById("compared-next").addEventListener("click", () => turnComparison(1));
  addEventListener("hashchange", followComparison);
  followComparison();
  new IntersectionObserver((seen) => { if (seen.some((each) => each.isIntersecting)) compareFirst(); }, { rootMargin: "100%" }).observe(comparing);
  whenIdle([() => compareFirst()]);
}

afterAnswers.push(offerComparison);
