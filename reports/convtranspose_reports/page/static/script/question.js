// What the page's own sentences say to a question in words.

// What the page's own sections say to it: [{says, items, to, title}], none where the question is none of theirs.
function wordsAnswered(meaning) {
  const { features, wants } = meaning, backends = meaning.backends.length ? meaning.backends : meaning.assumed, several = backends.length > 1, isWanted = (what) => wants.includes(what);
  if (isWanted("rounding")) return roundingSaid(meaning);
  if (isWanted("changes") && !(several && features.length)) return changesSaid(backends);
  if (features.length && isWanted("support") && !isWanted("agreement")) return placesOf(backends).flatMap((i) => agreementSaid([i], features));
  return several || features.length || isWanted("agreement") ? agreementSaid(placesOf(backends), features) : [];
}

function changesSaid(backends) {
  const parts = [...document.querySelectorAll("#changes [id^='changes/']")], meant = parts.filter((part) => backends.includes(part.id.slice(8)));
  const told = meant.length ? meant : parts.filter((part) => part.matches(".changed-of")), quiet = told.filter((part) => /: nothing changed\./.test(part.querySelector(".step")?.textContent));
  const first = told.length > 1 && quiet.length ? [{ says: `Since the release before ${quiet.length === told.length ? "nothing changed in any of them" : `nothing changed in ${quiet.length} of ${told.length}`}; what the last change of each was:`, items: [] }] : [];
  return [...first, ...told.map((part) => {
    const steps = [...part.querySelectorAll(":scope > .step")], says = steps.length ? steps : [part.parentElement];
    return { says: says.map((each) => each.textContent).join(" ").replace(/\s+/g, " ").trim(), items: [...part.querySelectorAll(":scope > .turns > li")], to: part.id, title: "What changed" };
  })];
}

// By type, what each keeps its sums in; to `does float16 accumulate in float32?` who does, first.
function roundingSaid({ text, backends, types }) {
  const lines = [...document.querySelectorAll(".accuracy-says li")], type = (line) => line.textContent.split(":", 1)[0];
  const named = lines.filter((line) => types.includes(type(line))), short = named.filter((line) => type(line).endsWith("16")); // what sums go into is named beside it
  const meant = short.length ? short : named.length ? named : lines;
  return meant.map((line) => {
    const own = type(line), classes = classesOf(line.textContent, backends), wide = types.find((each) => each !== own && types.length > 1);
    const says = YES_OR_NO.test(text) && wide ? yesAndNo(classes, wide) : classes.map(([names, said]) => `${joined(names)}: ${said}`).join("; ");
    const better = classes.filter(([, said]) => !said.endsWith(` in ${own}`)).flatMap(([names]) => names); // of the others it is said already
    return { says: `${own}: ${says}.`, items: roundedOtherwise(own, better), to: "accuracy", title: document.getElementById("accuracy-title").textContent };
  });
}

const YES_OR_NO = /^\s*(does|do|is|are|can|will)\b/i;

// `float16: a, b: one class; c: another.` as [[names, class]], of some backends alone.
function classesOf(line, backends) {
  const classes = line.replace(/\.$/, "").split(": ").slice(1).join(": ").split("; ").map((part) => part.split(": ")).map(([names, said]) => [names.split(", "), said]);
  const kept = classes.map(([names, said]) => [names.filter((name) => backends.includes(name)), said]).filter(([names]) => names.length);
  return kept.length ? kept : classes;
}

function yesAndNo(classes, wide) {
  const isYes = ([, said]) => said.startsWith(wide), yes = classes.filter(isYes).flatMap(([names]) => names), no = classes.filter((each) => !isYes(each)).map(([names, said]) => `${joined(names)}: ${said}`);
  return [...(yes.length ? [`yes, in ${joined(yes)}`] : []), ...(no.length ? [`no in ${no.join("; ")}`] : [])].join("; ");
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
    if (!counts.has(key)) counts.set(key, { name, finding, count: 0, says: [findingSays(i) + ".", whyOf(finding)].filter(Boolean).join(" ") });
    counts.get(key).count++;
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).map(({ name, count, finding, says }) => {
    const item = element("li", `But ${name}, in ${casesOf(count)} of those that were asked: ${says} `), anchor = data.anchors[finding];
    if (anchor) item.append(address("the finding, with numbers", anchor));
    return item;
  });
}

function whyOf(finding) {
  const why = [...(document.getElementById(data.anchors[finding])?.querySelectorAll("dt") ?? [])].find((each) => each.textContent === "why");
  return why ? why.nextElementSibling.textContent : "";
}

const MEANT = ["torch", "tensorflow", "onnxruntime"]; // by `frameworks`, where none is named

const placesOf = (names) => (names.length ? names.map((name) => data.words.backend.indexOf(name)) : usualBackends());

// Of several, who agrees; of one, what its answers come to.
function agreementSaid(backends, features) {
  if (!comparing) return [];
  const kinds = features.map((name) => data.words.feature.indexOf(name));
  const { groups } = comparedCases(backends, kinds, ""), told = backends.length > 1 ? agreement(backends, kinds, groups) : countsSaid(backends[0], features, groups);
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
