// Who agrees with whom, in sentences, of the cases that several backends were asked.

const PARTINGS = 6;
const COUNTED = { conforms: "conform", deviates: "deviate", fails: "fail", stale: "are stale", declined: "are declined", unsupported: "cannot be said in one call" };

const joined = (names) => (names.length > 1 ? names.slice(0, -1).join(", ") + " and " + names.at(-1) : names.join());
const casesOf = (count) => (count === 1 ? "1 case" : spaced(count) + " cases");

// {says, pairs, partings}: a sentence; of three, who agrees with whom; and what those do that part, what most cases show first.
function agreement(backends, features, groups) {
  const names = backends.map((i) => data.words.backend[i]), within = features.length ? " with " + joined(features.map((i) => data.words.feature[i])) : "", whole = countOf(groups);
  if (backends.length < 2 || !whole) return { says: whole ? "" : `No case${within} was asked of all of these.`, pairs: [], partings: [] };
  const counts = names.map((_, n) => countOf(groups.filter(({ said }) => said[n] !== null)));
  const speak = names.map((_, n) => n).filter((n) => counts[n]), silent = names.filter((_, n) => !counts[n]);
  const silence = silent.length ? `${joined(silent)} can say none of the ${casesOf(whole)}${within}` : "";
  if (speak.length < 2) return { says: `${silence}${speak.length ? `; ${names[speak[0]]} alone answers ${spaced(counts[speak[0]])}` : ""}.`, pairs: [], partings: [] };
  const [together, same] = agreeing(groups, speak), all = speak.length > 2 ? "all of them" : "both";
  const some = speak.filter((n) => counts[n] < whole).map((n) => `${names[n]} answers ${spaced(counts[n])}`);
  const says = [
    `${joined(speak.map((n) => names[n]))} agree in ${spaced(same)} of the ${casesOf(together)}${within} that ${all} answer`,
    ...(some.length ? [`of ${spaced(whole)} that were asked, ${joined(some)}`] : []), ...(silence ? [silence] : []),
  ];
  return { says: says.join("; ") + ".", pairs: speak.length === 3 ? pairsSaid(names, speak, groups) : [], partings: partingsOf(names, groups) };
}

// What the answers of one backend come to, and what the wrong ones of them are.
function countsSaid(backend, features, groups) {
  const counts = new Map(), wrong = new Map(), add = (to, name, count) => to.set(name, (to.get(name) ?? 0) + count);
  for (const { places: [i], count } of groups) {
    add(counts, word("verdict", i), count);
    if (!["conforms", ...NOT_SAID].includes(word("verdict", i))) add(wrong, findingSays(i), count);
  }
  const said = Object.entries(COUNTED).filter(([verdict]) => counts.has(verdict)).map(([verdict, says]) => `${spaced(counts.get(verdict))} ${says}`);
  const partings = [...wrong].sort((a, b) => b[1] - a[1]).slice(0, PARTINGS).map(([says, count]) => `${casesOf(count)}: ${says}.`);
  const within = features.length ? " with " + joined(features) : "";
  return { says: `${data.words.backend[backend]}, of ${casesOf(countOf(groups))}${within}: ${said.join(", ")}.`, pairs: [], partings };
}

// How many cases all of these answer, and how many of them all answer alike.
function agreeing(groups, those) {
  const together = groups.filter(({ said }) => those.every((n) => said[n] !== null));
  return [countOf(together), countOf(together.filter(({ said }) => those.every((n) => said[n] === said[those[0]])))];
}

function pairsSaid(names, speak, groups) {
  return speak.flatMap((a, i) => speak.slice(i + 1).map((b) => {
    const [together, same] = agreeing(groups, [a, b]);
    return `${names[a]} and ${names[b]} agree in ${spaced(same)} of the ${casesOf(together)} that both answer`;
  }));
}

// Of the cases to which two answers differ, what the wrong ones do; where all are right, what each reads.
function partingsOf(names, groups) {
  const alike = new Map(), counts = new Map(), { kinds, rows } = data;
  for (const { places, said, stands, count } of groups) {
    if (stands !== "differ") continue;
    const parts = places.map((i, n) => (said[n] === null ? "" : `${kinds.verdict[rows.kind[i]]} ${kinds.finding[rows.kind[i]] || said[n]}`)), key = parts.join();
    if (alike.has(key)) alike.get(key).count += count;
    else alike.set(key, { places, said, count });
  }
  for (const { places, said, count } of alike.values()) {
    const says = partingOf(names, places, said);
    counts.set(says, (counts.get(says) ?? 0) + count);
  }
  const told = [...counts].sort((a, b) => b[1] - a[1]), rest = told.slice(PARTINGS).reduce((sum, [, count]) => sum + count, 0);
  return [...told.slice(0, PARTINGS).map(([says, count]) => `They part in ${casesOf(count)}. ${says}.`), ...(rest ? [`They part in ${casesOf(rest)} otherwise.`] : [])];
}

function partingOf(names, places, said) {
  const speak = names.map((_, n) => n).filter((n) => said[n] !== null), wrong = new Map();
  for (const n of speak) {
    if (word("verdict", places[n]) !== "conforms") wrong.set(findingSays(places[n]), [...(wrong.get(findingSays(places[n])) ?? []), names[n]]);
  }
  if (wrong.size) return [...wrong].map(([finding, those]) => `${joined(those)}: ${finding}`).join("; ");
  return joined(speak.map((n) => `${names[n]} reads ${word("follows", places[n]) || "as the text"}`));
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
