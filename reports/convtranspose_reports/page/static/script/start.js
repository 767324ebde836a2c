// The page begins: what needs no answers first.

async function start() {
  offerCopying();
  offerArrows();
  openForPrinting();
  for (const each of starting) each();
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

start();
