// Feature by feature: the share of right answers of one backend to calls that have both.

function pairShares(backend) {
  const { rows, kinds, words, cases, sets } = data, count = words.feature.length, wanted = words.backend.indexOf(backend), shape = words.check.indexOf("output_shape");
  const refusal = words.check.indexOf("rejection"); // which a backend that computes nothing can give
  const computes = kinds.check.some((check, kind) => check !== shape && check !== refusal && kinds.backend[kind] === wanted);
  const counted = byKind((kind) => {
    const verdict = words.verdict[kinds.verdict[kind]];
    if (kinds.backend[kind] !== wanted || NOT_SAID.includes(verdict) || (computes && kinds.check[kind] === shape)) return 0;
    return verdict === "conforms" ? RIGHT : WRONG;
  });
  const ofSets = new Uint32Array(sets.features.length * 3), right = new Uint32Array(count * count), answered = new Uint32Array(count * count);
  for (let i = 0; i < data.count; i++) ofSets[cases.features[rows.case[i]] * 3 + counted[rows.kind[i]]]++;
  sets.features.forEach((own, set) => {
    for (const one of own) for (const other of own) {
      right[one * count + other] += ofSets[set * 3 + RIGHT];
      answered[one * count + other] += ofSets[set * 3 + RIGHT] + ofSets[set * 3 + WRONG];
    }
  });
  return (one, other) => [right[one * count + other], answered[one * count + other]];
}

const RIGHT = 1, WRONG = 2;
const NOT_SAID = ["unsupported", "declined"];

function drawPairs() {
  const names = data.words.feature, backend = document.getElementById("pair-backend").value, share = pairShares(backend);
  const used = names.map((_, i) => i).filter((i) => share(i, i)[1]), head = element("tr"), body = element("tbody"), top = element("thead");
  head.append(element("th", "", "quiet"), ...used.map((i) => { const cell = element("th"); cell.scope = "col"; cell.append(element("span", names[i])); return cell; }));
  for (const one of used) {
    const row = element("tr"), name = element("th", names[one]);
    name.scope = "row";
    row.append(name, ...used.map((other) => {
      const [right, of] = share(one, other), part = of ? right / of : null;
      const kind = part === null ? "none" : part === 1 ? "right" : "part-" + Math.min(Math.floor(part * 4), 3);
      const cell = element("td", part === null ? "" : String(Math.floor(100 * part)), "cell " + kind);
      cell.title = `${names[one]}, ${names[other]}: ${right} of ${of} right`;
      return cell;
    }));
    body.append(row);
  }
  top.append(head);
  const table = document.getElementById("pair-table");
  table.replaceChildren(table.caption, top, body);
}

function offerPairs() {
  const details = document.getElementById("pairs");
  if (!details) return;
  document.getElementById("pair-backend").addEventListener("change", drawPairs);
  details.addEventListener("toggle", () => { if (details.open) drawPairs(); });
  if (details.open) drawPairs();
}

afterAnswers.push(offerPairs);
