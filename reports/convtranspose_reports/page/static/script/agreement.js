// Who agrees with whom, in sentences, of the cases that several backends were asked.

const PARTINGS = 6;
const COUNTED = {
  conforms: ["conforms", "conform"], deviates: ["deviates", "deviate"], fails: ["fails", "fail"], stale: ["is stale", "are stale"], declined: ["is declined", "are declined"],
  unsupported: ["cannot be said in one call", "cannot be said in one call"],
};

const joined = (names) => (names.length > 1 ? names.slice(0, -1).join(", ") + " and " + names.at(-1) : names.join());
const casesOf = (count) => (count === 1 ? "1 case" : spaced(count) + " cases");

// {says, pairs, partings}: who agrees with whom, first; of up to three, by pairs; and what those do that part, what most cases show first.
function agreement(backends, features, groups) {
  const names = backends.map((i) => data.words.backend[i]), on = features.length ? joined(features.map((i) => data.words.feature[i])) : "", whole = countOf(groups);
  if (backends.length < 2 || !whole) return { says: whole ? "" : `No case${on && " with " + on} was asked of all of these.`, pairs: [], partings: [] };
  const counts = names.map((_, n) => countOf(groups.filter(({ said }) => said[n] !== null)));
  const speak = names.map((_, n) => n).filter((n) => counts[n]), silent = names.filter((_, n) => !counts[n]);
  const silence = silent.length ? `${joined(silent)} can say none of the ${casesOf(whole)}${on && " with " + on}` : "";
  if (speak.length < 2) return { says: `${silence}${speak.length ? `; ${names[speak[0]]} alone answers ${spaced(counts[speak[0]])}` : ""}.`, pairs: [], partings: [] };
  const { agree, pairs } = pairsSaid(names, speak, features, groups), some = speak.filter((n) => counts[n] < whole).map((n) => `${names[n]} ${spaced(counts[n])}`);
  const told = whoAgrees(names, speak, agree, on), says = [speak.length === 2 ? `${told}: ${pairs[0].both}.` : `${told}.`, ...(some.length ? [`Of ${casesOf(whole)}${on && " with " + on} so many can be said in one call: ${joined(some)}.`] : []), ...(silence ? [silence + "."] : [])];
  return { says: says.join(" "), pairs: speak.length === 3 ? pairs.map(({ names: those, both, why }) => `${those} ${both}${why && ": " + why}`) : [], partings: partingsOf(names, features, groups) };
}

// `a and b agree on dilations and group; c does not.` Those that agree with each other stand together.
function whoAgrees(names, speak, agree, on) {
  const together = [], what = on ? ` on ${on}` : " in every case that they answer";
  for (const n of speak) {
    const like = together.find((those) => those.every((other) => agree(n, other)));
    if (like) like.push(n);
    else together.push([n]);
  }
  const sets = together.filter((those) => those.length > 1), alone = together.filter((those) => those.length === 1).map(([n]) => names[n]), said = (those) => joined(those.map((n) => names[n]));
  if (!sets.length) return speak.length === 2 ? `${said(speak)} part${on ? ` over ${on}` : " in some cases"}` : `No two of ${said(speak)} agree${what}`;
  return `${sets.map((those) => `${said(those)} agree${what}`).join("; ")}${alone.length ? `; ${joined(alone)} ${alone.length > 1 ? "do" : "does"} not always` : ""}`;
}

// What the answers of one backend come to, and what the wrong ones of them are.
// To a question of yes or no, by what is about the features: what deviates over something else speaks against none of them.
function countsSaid(backend, features, groups, isYesOrNo) {
  const counts = new Map(), wrong = [new Map(), new Map()], add = (to, name, count) => to.set(name, (to.get(name) ?? 0) + count);
  for (const group of groups) {
    const { places: [i], count } = group;
    add(counts, word("verdict", i), count);
    if (!["conforms", ...NOT_SAID].includes(word("verdict", i))) add(wrong[Number(!isAbout(group, [0], features))], findingSays(i), count);
  }
  const said = Object.entries(COUNTED).filter(([verdict]) => counts.has(verdict)).map(([verdict, says]) => `${spaced(counts.get(verdict))} ${says[Number(counts.get(verdict) > 1)]}`);
  const [own, others] = wrong.map((of) => [...of].sort((a, b) => b[1] - a[1])), names = features.map((i) => data.words.feature[i]), within = names.length ? " with " + joined(names) : "";
  const partings = [...own.map(([says, count]) => `${casesOf(count)}: ${says}.`), ...others.map(([says, count]) => `Over something else, in ${casesOf(count)}: ${says}.`)].slice(0, PARTINGS);
  const whole = countOf(groups), name = data.words.backend[backend], right = counts.get("conforms") ?? 0, verdict = own.length ? (right ? "not always" : "no") : right ? "yes" : (counts.get("declined") ?? 0) === whole ? "no, it declines them all" : "nothing that can be said in one call";
  const begins = isYesOrNo ? `${name}: ${verdict}. Of` : `${name}, of`;
  return { says: whole ? `${begins} ${casesOf(whole)}${within}: ${said.join(", ")}.` : `No case${within} was asked of ${name}.`, pairs: [], partings };
}

// How many cases all of these answer, and how many of them all answer alike.
function agreeing(groups, those) {
  const together = groups.filter(({ said }) => those.every((n) => said[n] !== null));
  return [countOf(together), countOf(together.filter(({ said }) => those.every((n) => said[n] === said[those[0]])))];
}

// {agree, pairs}: of two, whether nothing parts them that is about the features, and in how many of the cases that both answer they say the same.
function pairsSaid(names, speak, features, groups) {
  const parted = new Map(), pairs = [];
  for (const [i, a] of speak.entries()) {
    for (const b of speak.slice(i + 1)) {
      const [together, same] = agreeing(groups, [a, b]), own = countOf(groups.filter((group) => doPart(group, a, b) && isAbout(group, [a, b], features))), others = together - same - own;
      parted.set(`${a} ${b}`, !together || own > 0);
      const why = [...(own ? [`${spaced(own)} part over ${features.length > 1 ? "these" : "it"}`] : []), ...(others ? [`${spaced(others)} part over something else`] : [])];
      pairs.push({ names: `${names[a]} and ${names[b]}`, both: `the same in ${spaced(same)} of the ${casesOf(together)} that both answer`, why: features.length ? joined(why) : "" });
    }
  }
  return { agree: (a, b) => !parted.get(a < b ? `${a} ${b}` : `${b} ${a}`), pairs };
}

const doPart = ({ said }, a, b) => said[a] !== null && said[b] !== null && said[a] !== said[b];

// Is what parts two answers about one of the features? Wrong answers are about what their finding says, right ones about the clause that they read otherwise.
function isAbout({ places }, those, features) {
  if (!features.length) return true;
  const wrong = those.filter((n) => word("verdict", places[n]) !== "conforms"), about = wrong.length
    ? wrong.flatMap((n) => data.about[word("finding", places[n])] ?? features)
    : those.flatMap((n) => [...word("follows", places[n]).matchAll(/\b([A-Z]):/g)].flatMap(([, label]) => data.clauses_about[label] ?? []));
  return features.some((feature) => about.includes(feature));
}

// Of the cases to which two answers differ, what the wrong ones do; where all are right, what each reads. What is about the features comes first.
function partingsOf(names, features, groups) {
  const alike = new Map(), counts = [new Map(), new Map()], { kinds, rows } = data;
  for (const { places, said, stands, count } of groups) {
    if (stands !== "differ") continue;
    const key = places.map((i, n) => (said[n] === null ? "" : `${kinds.verdict[rows.kind[i]]} ${kinds.finding[rows.kind[i]] || said[n]}`)).join();
    if (alike.has(key)) alike.get(key).count += count;
    else alike.set(key, { places, said, count });
  }
  for (const group of alike.values()) {
    const speak = names.map((_, n) => n).filter((n) => group.said[n] !== null), says = partingOf(names, group.places, group.said), of = counts[Number(!isAbout(group, speak, features))];
    of.set(says, (of.get(says) ?? 0) + group.count);
  }
  const [own, others] = counts.map((of) => [...of].sort((a, b) => b[1] - a[1]));
  const told = [...own.map(([says, count]) => [`They part in ${casesOf(count)}. ${says}.`, count]), ...others.map(([says, count]) => [`Over something else, in ${casesOf(count)}: ${says}.`, count])];
  const rest = told.slice(PARTINGS).reduce((sum, [, count]) => sum + count, 0);
  return [...told.slice(0, PARTINGS).map(([says]) => says), ...(rest ? [`They part in ${casesOf(rest)} otherwise.`] : [])];
}

function partingOf(names, places, said) {
  const speak = names.map((_, n) => n).filter((n) => said[n] !== null), wrong = new Map();
  for (const n of speak) {
    if (word("verdict", places[n]) !== "conforms") wrong.set(findingSays(places[n]), [...(wrong.get(findingSays(places[n])) ?? []), names[n]]);
  }
  if (wrong.size) return [...wrong].map(([finding, those]) => `${joined(those)}: ${finding}`).join("; ");
  return joined(speak.map((n) => `${names[n]} ${readingSays(word("follows", places[n]))}`));
}

// What a reading does, as its clause has it: `K: below_stride`.
function readingSays(follows) {
  const [, label, name] = follows.match(/^([A-Z]): (\w+)$/) ?? [], row = label && [...document.querySelectorAll(`#clause-${label} .readings tbody th`)].find((each) => each.querySelector("code").textContent === name);
  return row ? row.querySelector(".says").textContent.replace(/^the literal reading$/, "reads the text literally") : follows ? `reads ${follows}` : "does as the text says";
}

// The sentence of the answer's finding, as its card has it.
function findingSays(i) {
  const card = document.getElementById(data.anchors[word("finding", i)]), says = card?.querySelector(".title")?.textContent ?? (word("reason", i) || word("outcome", i));
  return says.replace(/\.$/, "");
}

function askedBackends() {
  const asked = new Set(data.kinds.backend);
  return data.words.backend.filter((_, i) => asked.has(i));
}

// Those that computed an output: who only foretells shapes, or only refuses, leaves few cases that all were asked.
function usualBackends() {
  const { kinds, words } = data, output = words.check.indexOf("output"), computes = new Set(kinds.backend.filter((_, kind) => kinds.check[kind] === output));
  return [...(computes.size ? computes : new Set(kinds.backend))].sort((a, b) => a - b);
}
