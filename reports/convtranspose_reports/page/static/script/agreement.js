// Who agrees with whom, in sentences, of the cases that several backends were asked.

const PARTINGS = 6;
const COUNTED = { conforms: "conform", deviates: "deviate", fails: "fail", stale: "are stale", declined: "are declined", unsupported: "cannot be said in one call" };

const joined = (names) => (names.length > 1 ? names.slice(0, -1).join(", ") + " and " + names.at(-1) : names.join());
const casesOf = (count) => (count === 1 ? "1 case" : spaced(count) + " cases");

// {says, pairs, partings}: a sentence; of three, who agrees with whom; and what those do that part, what most cases show first.
function agreement(backends, features, found) {
  const names = backends.map((i) => data.words.backend[i]), within = features.length ? " with " + joined(features.map((i) => data.words.feature[i])) : "";
  if (backends.length < 2 || !found.length) return { says: found.length ? "" : `No case${within} was asked of all of these.`, pairs: [], partings: [] };
  const counts = names.map((_, n) => found.filter(({ said }) => said[n] !== null).length);
  const speak = names.map((_, n) => n).filter((n) => counts[n]), silent = names.filter((_, n) => !counts[n]);
  const silence = silent.length ? `${joined(silent)} can say none of the ${casesOf(found.length)}${within}` : "";
  if (speak.length < 2) return { says: `${silence}${speak.length ? `; ${names[speak[0]]} alone answers ${spaced(counts[speak[0]])}` : ""}.`, pairs: [], partings: [] };
  const [together, same] = agreeing(found, speak), all = speak.length > 2 ? "all of them" : "both";
  const some = speak.filter((n) => counts[n] < found.length).map((n) => `${names[n]} answers ${spaced(counts[n])}`);
  const says = [
    `${joined(speak.map((n) => names[n]))} agree in ${spaced(same.length)} of the ${casesOf(together.length)}${within} that ${all} answer`,
    ...(some.length ? [`of ${spaced(found.length)} that were asked, ${joined(some)}`] : []), ...(silence ? [silence] : []),
  ];
  return { says: says.join("; ") + ".", pairs: speak.length === 3 ? pairsSaid(names, speak, found) : [], partings: partingsOf(names, found) };
}

// What the answers of one backend come to, and what the wrong ones of them are.
function countsSaid(backend, features, found) {
  const counts = new Map(), wrong = new Map(), add = (to, name) => to.set(name, (to.get(name) ?? 0) + 1);
  for (const { places: [i] } of found) {
    add(counts, word("verdict", i));
    if (!["conforms", ...NOT_SAID].includes(word("verdict", i))) add(wrong, findingSays(i));
  }
  const said = Object.entries(COUNTED).filter(([verdict]) => counts.has(verdict)).map(([verdict, says]) => `${spaced(counts.get(verdict))} ${says}`);
  const partings = [...wrong].sort((a, b) => b[1] - a[1]).slice(0, PARTINGS).map(([says, count]) => `${casesOf(count)}: ${says}.`);
  const within = features.length ? " with " + joined(features) : "";
  return { says: `${data.words.backend[backend]}, of ${casesOf(found.length)}${within}: ${said.join(", ")}.`, pairs: [], partings };
}

// The cases that all of these answer, and those of them that all answer alike.
function agreeing(found, those) {
  const together = found.filter(({ said }) => those.every((n) => said[n] !== null));
  return [together, together.filter(({ said }) => those.every((n) => said[n] === said[those[0]]))];
}

function pairsSaid(names, speak, found) {
  return speak.flatMap((a, i) => speak.slice(i + 1).map((b) => {
    const [together, same] = agreeing(found, [a, b]);
    return `${names[a]} and ${names[b]} agree in ${spaced(same.length)} of the ${casesOf(together.length)} that both answer`;
  }));
}

// Of the cases to which two answers differ, what the wrong ones do; where all are right, what each reads.
function partingsOf(names, found) {
  const alike = new Map(), counts = new Map(), { rows } = data;
  for (const { places, said, stands } of found) {
    if (stands !== "differ") continue;
    const key = places.map((i, n) => (said[n] === null ? "" : `${rows.verdict[i]} ${rows.finding[i] || said[n]}`)).join();
    if (alike.has(key)) alike.get(key).count++;
    else alike.set(key, { places, said, count: 1 });
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
  const asked = new Uint8Array(data.words.backend.length);
  data.rows.backend.forEach((i) => { asked[i] = 1; });
  return data.words.backend.filter((_, i) => asked[i]);
}

// Those that computed an output: who only foretells shapes, or only refuses, leaves few cases that all were asked.
function usualBackends() {
  const output = data.words.check.indexOf("output"), computes = new Uint8Array(data.words.backend.length), gave = new Uint8Array(data.words.backend.length);
  data.rows.backend.forEach((i, at) => { gave[i] = 1; if (data.rows.check[at] === output) computes[i] = 1; });
  const of = (flag) => Array.from(flag.keys()).filter((i) => flag[i]);
  return of(computes).length ? of(computes) : of(gave);
}
