// Feature by feature: the share of right answers of one backend to calls that have both.

function pairShares(backend) {
  const { rows, words, cases } = data, count = words.feature.length;
  const right = new Uint32Array(count * count), answered = new Uint32Array(count * count);
  const wanted = words.backend.indexOf(backend), conforms = words.verdict.indexOf("conforms"), silent = flags(words.verdict, (word) => NOT_SAID.includes(word));
  const shape = words.check.indexOf("output_shape"), computes = rows.check.some((check, i) => check !== shape && rows.backend[i] === wanted);
  for (let i = 0; i < data.count; i++) {
    if (rows.backend[i] !== wanted || silent[rows.verdict[i]] || (computes && rows.check[i] === shape)) continue;
    const own = cases.features[rows.case[i]];
    for (const one of own) for (const other of own) {
      answered[one * count + other]++;
      if (rows.verdict[i] === conforms) right[one * count + other]++;
    }
  }
  return (one, other) => [right[one * count + other], answered[one * count + other]];
}

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
