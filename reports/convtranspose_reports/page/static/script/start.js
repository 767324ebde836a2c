// The page begins: what needs no answers first.

async function start() {
  offerCopying();
  offerArrows();
  openForPrinting();
  for (const each of starting) each();
  whenIdle([...document.querySelectorAll("main > section")].map((section) => () => layOut(section)));
  shown.textContent = "Unpacking the answers…";
  try {
    data = await unpacked();
  } catch (error) {
    shown.textContent = "The answers could not be unpacked in this browser: " + error;
    return;
  }
  offerSearchKey();
  offerAnswers();
  for (const each of afterAnswers) each();
  whenIdle(answers.steps());
}

// What is not in sight is laid out when nothing else is to be done, one section at a time.
function layOut(section) {
  section.classList.add("laid-out");
  return section.offsetHeight; // now, and not with all the others
}

start();
