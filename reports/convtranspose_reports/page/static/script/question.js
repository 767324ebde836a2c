// What the page's own sentences say to a question in words.

// What the page's own sections say to it: [{says, items, to, title}], none where the question is none of theirs.
function wordsAnswered(meaning) {
  const pointed = pointedAt(meaning);
  if (pointed.length) return pointed;
  const { features, wants } = meaning, backends = meaning.backends.length ? meaning.backends : meaning.assumed, isWanted = (what) => wants.includes(what);
  if (isWanted("rounding")) return roundingSaid(meaning);
  if ((isWanted("changes") || meaning.versions.length) && !features.length) return changesSaid(backends, meaning.versions);
  if (isWanted("changes") && backends.length === 1 && !isWanted("agreement")) return [...stepsAbout(backends[0], features), ...recordedSaid(backends, features, meaning)];
  if (features.length && isWanted("support") && !isWanted("agreement")) return backends.length ? backends.flatMap((name) => recordedSaid([name], features, meaning)) : placesOf([]).flatMap((i) => agreementSaid([i], features, meaning));
  return features.length || (isWanted("agreement") && !meaning.left.length) ? recordedSaid(backends, features, meaning) : elseSaid(meaning);
}

const SECTIONS_SAID = { // where nothing else is said to a question, the section that is about it
  checkerboards: "checker\\s?boards?|artifacts?|overlaps?|uneven", clauses: "clauses?|readings?|ambigu\\w+|specification|spec", cite: "cite|citing|citation|bibtex", environment: "processors?|machine|environment",
  shapes: "output[_ ](?:shape|size)s?|shape rules?", rejections: "reject\\w*|refus\\w*|forbidden|invalid", "cases?check=gradient": "gradients?|backward|backprop\\w*|grad",
};

// Of backends that are named with nothing else, what all of their answers come to.
function elseSaid(meaning) {
  const sections = sectionsSaid(meaning), { backends, left, types } = meaning;
  return sections.length || left.length || types.length ? sections : backends.flatMap((name) => recordedSaid([name], [], meaning));
}

// The steps between releases in which something about the features changed.
function stepsAbout(backend, features) {
  const part = document.getElementById("changes/" + backend), about = (item) => features.some((name) => isSaid(SPOKEN_FEATURES[name] ?? literally(name), item.textContent));
  const steps = part ? [...part.querySelectorAll(".step[data-release]")].filter((step) => turnsOf(step).some(about)) : [];
  return steps.map((step) => ({ says: step.textContent.replace(/\s+/g, " ").trim(), items: turnsOf(step).filter(about), to: part.id, title: "What changed" }));
}

function sectionsSaid({ text }) {
  return Object.entries(SECTIONS_SAID).filter(([to, words]) => isSaid(words, text) && (to.includes("?") || document.getElementById(to))).map(([to]) => {
    const title = document.getElementById(to + "-title")?.textContent ?? "All answers";
    return { says: "No sentence of this page answers that; what it has on it:", items: [], to, title };
  });
}

// A clause, or an issue or pull request, that is named.
function pointedAt({ text }) {
  const [, label] = text.match(/\bclause ([A-Z])\b/i) ?? [], clause = label && document.getElementById("clause-" + label.toUpperCase());
  if (clause) return [{ says: `${clause.querySelector("h3 .label").textContent}: ${clause.querySelector("p").textContent}`, items: [], to: clause.id, title: "Its readings, and who follows which" }];
  const [, number] = text.match(/(?:#|\b(?:bug|issue|pull(?: request)?|pr)\s+#?)(\d{3,})\b/i) ?? [], links = number ? [...document.querySelectorAll(`main a[href$="/${number}"]`)] : [];
  return [...new Set(links.map((link) => link.closest("details[id], [id^='changes/']")).filter(Boolean))].map((card) => ({
    says: card.querySelector(".title, .step").textContent.trim(), items: [...card.querySelectorAll("li")].filter((item) => item.querySelector(`a[href$="/${number}"]`)), to: card.id, title: "Where it stands",
  }));
}

// Of the steps to the releases that are named, or between two of them, or else of the last ones.
function changesSaid(backends, versions) {
  if (versions.length) {
    const steps = stepsNamed(backends, versions);
    if (steps.length) return steps;
  }
  return lastChanges(backends);
}

const isWithin = (release, version) => (release + ".").startsWith(version + ".");

// How two releases stand to each other, number by number.
function compareReleases(one, other) {
  const [a, b] = [one, other].map((release) => release.split(/[^0-9]+/).map(Number));
  const at = a.findIndex((number, i) => number !== (b[i] ?? 0));
  return at < 0 ? 0 : a[at] - (b[at] ?? 0);
}

function stepsNamed(backends, versions) {
  const parts = [...document.querySelectorAll("#changes .changed-of")].filter((part) => !backends.length || backends.includes(part.id.slice(8)));
  return parts.flatMap((part) => {
    const steps = [...part.querySelectorAll(".step[data-release]")].filter((step, i, all) => all.findIndex((other) => other.dataset.release === step.dataset.release) === i), title = part.querySelector("strong").textContent;
    const [first, ...more] = [...versions].sort(compareReleases), last = more.at(-1), known = steps.flatMap(({ dataset }) => [dataset.release, dataset.before]);
    const within = (step) => (last ? compareReleases(step.dataset.release, first) > 0 && !(compareReleases(step.dataset.release, last) > 0 && !isWithin(step.dataset.release, last)) : isWithin(step.dataset.release, first));
    const unknown = versions.filter((version) => !known.some((release) => isWithin(release, version))), oldest = known.sort(compareReleases)[0];
    const told = steps.filter(within).map((step) => ({ says: `${title}: ${step.textContent.replace(title, "").replace("The last change before that: ", "").replace(/\s+/g, " ").trim()}`, items: turnsOf(step), to: part.id, title: "What changed" }));
    const missing = unknown.length ? [{ says: `${title}: ${joined(unknown)} ${unknown.length > 1 ? "were" : "was"} not asked; the oldest release that was is ${oldest}.`, items: [], to: part.id, title: "What changed" }] : [];
    return backends.length || told.length ? [...missing, ...told] : [];
  });
}

const turnsOf = (step) => (step.nextElementSibling?.matches(".turns") ? [...step.nextElementSibling.children] : []);

function lastChanges(backends) {
  const parts = [...document.querySelectorAll("#changes [id^='changes/']")], meant = parts.filter((part) => backends.includes(part.id.slice(8)));
  const told = meant.length ? meant : parts.filter((part) => part.matches(".changed-of")), quiet = told.filter((part) => /: nothing changed\./.test(part.querySelector(".step")?.textContent));
  const first = told.length > 1 && quiet.length ? [{ says: `Since the release before ${quiet.length === told.length ? "nothing changed in any of them" : `nothing changed in ${quiet.length} of ${told.length}`}; what the last change of each was:`, items: [] }] : [];
  return [...first, ...told.map((part) => {
    const steps = [...part.querySelectorAll(":scope > .step")], says = steps.length ? steps : [part.parentElement];
    return { says: says.map((each) => each.textContent).join(" ").replace(/\s+/g, " ").trim(), items: [...part.querySelectorAll(":scope > .turns > li")], to: part.id, title: "What changed" };
  })];
}

// By type, what each keeps its sums in; to `does float16 accumulate in float32?` who does, first, and where it does not.
function roundingSaid({ text, backends, types, left }) {
  const lines = [...document.querySelectorAll(".accuracy-says li")], type = (line) => line.textContent.split(":", 1)[0];
  const named = lines.filter((line) => types.includes(type(line))), short = named.filter((line) => type(line).endsWith("16")); // what sums go into is named beside it
  const meant = short.length ? short : named.length ? named : lines;
  if (!lines.length) return [{ says: "How sums are rounded was not asked in this run: its suite accuracy does, `convtranspose run --suite accuracy`.", items: [], to: "coverage", title: document.getElementById("coverage-title").textContent }];
  return meant.map((line) => {
    const own = type(line), classes = classesOf(line.textContent, backends), wide = types.find((each) => each !== own && types.length > 1);
    const better = classes.filter(([, said]) => !said.endsWith(` in ${own}`)).flatMap(([names]) => names); // of the others it is said already
    const exceptions = roundedOtherwise(own, better), but = new Set(exceptions.map(({ name }) => name));
    const says = isYesOrNoAsked({ left, meaning: { text } }) && wide ? yesAndNo(classes, wide, but) : classes.map(([names, said]) => `${joined(names)}: ${said}${names.some((name) => but.has(name)) ? " (not always, as below)" : ""}`).join("; ");
    return { says: `${own}: ${says}.`, items: exceptions.map(exceptionItem), to: "accuracy", title: document.getElementById("accuracy-title").textContent };
  });
}

const YES_OR_NO = /^\s*(does|do|is|are|can|will)\b|\b(is|does|do|can) (it|they|this|that)\b/i;

// Nothing is answered with yes or no of which a part was not understood.
const isYesOrNoAsked = ({ left, meaning }) => !left.length && YES_OR_NO.test(meaning.text);

// `float16: a, b: one class; c: another.` as [[names, class]], of some backends alone.
function classesOf(line, backends) {
  const classes = line.replace(/\.$/, "").split(": ").slice(1).join(": ").split("; ").map((part) => part.split(": ")).map(([names, said]) => [names.split(", "), said]);
  const kept = classes.map(([names, said]) => [names.filter((name) => backends.includes(name)), said]).filter(([names]) => names.length);
  return kept.length ? kept : classes;
}

function yesAndNo(classes, wide, but) {
  const isYes = ([, said]) => said.startsWith(wide), yes = classes.filter(isYes).flatMap(([names]) => names), no = classes.filter((each) => !isYes(each)).map(([names, said]) => `${joined(names)}: ${said}`);
  const always = yes.filter((name) => !but.has(name)), mostly = yes.filter((name) => but.has(name));
  return [...(always.length ? [`yes, in ${joined(always)}`] : []), ...(mostly.length ? [`not always in ${joined(mostly)}`] : []), ...(no.length ? [`no in ${no.join("; ")}`] : [])].join("; ");
}

// The findings of answers in a type that are right but for their rounding: where what is said of most calls does not hold.
function roundedOtherwise(type, those) {
  if (!comparing) return [];
  const { kinds, words, cases, sets, rows } = data, counts = new Map(), feature = words.feature.indexOf(type), inexact = words.outcome.indexOf("INEXACT");
  const output = words.check.indexOf("output"), having = flags(sets.features, (each) => each.includes(feature));
  for (let i = 0; i < data.count; i++) {
    const kind = rows.kind[i];
    if (kinds.outcome[kind] !== inexact || kinds.check[kind] !== output || !having[cases.features[rows.case[i]]]) continue;
    const name = words.backend[kinds.backend[kind]], finding = word("finding", i), key = name + finding;
    if (!those.includes(name)) continue;
    if (!counts.has(key)) counts.set(key, { name, finding, count: 0, says: findingSays(i) + ".", where: factOf(finding, "where"), why: factOf(finding, "why") });
    counts.get(key).count++;
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

function exceptionItem({ name, finding, count, says, where, why }) {
  const item = element("li", where ? `${name}, where ` : `${name}, in ${casesOf(count)} of those that were asked`), anchor = data.anchors[finding];
  if (where) item.append(element("code", where));
  item.append(`: ${says} ${why} `);
  if (anchor) item.append(address("the finding, with numbers", anchor));
  return item;
}

// What stands behind a word on the card of a finding.
function factOf(finding, name) {
  const fact = [...(document.getElementById(data.anchors[finding])?.querySelectorAll("dt") ?? [])].find((each) => each.textContent === name);
  return fact ? fact.nextElementSibling.textContent : "";
}

const MEANT = ["torch", "tensorflow", "onnxruntime"]; // by `frameworks`, where none is named

const placesOf = (names) => (names.length ? names.map((name) => data.words.backend.indexOf(name)) : usualBackends());

// Of backends, what the records of those say that this run asked; the others are named.
function recordedSaid(names, features, meaning) {
  const [asked, others] = [true, false].map((isAsked) => names.filter((name) => data.words.backend.includes(name) === isAsked));
  const missing = others.map((name) => ({ says: `${name} was not asked in this run.`, items: [] }));
  return [...missing, ...(asked.length || !names.length ? agreementSaid(placesOf(asked), features, meaning) : [])];
}

// Of several, who agrees; of one, what its answers come to.
function agreementSaid(backends, features, { text = "", left = [] } = {}) {
  if (!comparing) return [];
  const kinds = features.map((name) => data.words.feature.indexOf(name));
  const { groups } = comparedCases(backends, kinds, ""), told = backends.length > 1 ? agreement(backends, kinds, groups) : countsSaid(backends[0], kinds, groups, isYesOrNoAsked({ left, meaning: { text } }));
  const query = new URLSearchParams({ backends: backends.map((i) => data.words.backend[i]).join(",") });
  if (features.length) query.set("features", features.join(",").replaceAll(" ", "_"));
  return [{ says: told.says, items: [...told.pairs, ...told.partings].map((says) => element("li", says)), to: "compare?" + query, title: "Case by case" }];
}

function answeredBlock({ says, items, to, title }) {
  const block = element("div", undefined, "answered");
  block.append(element("p", says, "lead"));
  if (items.length) {
    const list = element("ul", undefined, "turns");
    list.append(...items.map((item) => item.cloneNode(true)));
    block.append(list);
  }
  const link = element("p");
  if (to) link.append(address(title, to));
  block.append(link);
  return block;
}

// Words tick what they name.
function tickSaid(text) {
  const named = backendsSaid(text, askedBackends()), features = featuresSaid(text, data.words.feature), usual = usualBackends();
  for (const field of document.querySelectorAll("#compared-backends input")) {
    field.checked = named.length ? named.includes(data.words.backend[field.value]) : usual.includes(Number(field.value));
  }
  for (const field of document.querySelectorAll("#compared-features input")) field.checked = features.includes(data.words.feature[field.value]);
}
