// What a random sample can say about the mailboxes it does not ask.

/** One in twenty samples may mislead; a little less than exactly that, for what sums of fractions lose. */
const doubt = 0.05 - 1e-9;

/**
 * If all of a sample open: at most so many of the population do not, with 95 % confidence. The greatest number of bad
 * mailboxes that a sample drawn without putting back would still miss in one case of twenty (hypergeometric, one-sided).
 */
export function mostUnseen(population: number, sample: number): number {
  const left = population - Math.min(sample, population);
  let missed = 1;
  for (let bad = 0; bad < left; bad += 1) {
    missed *= (left - bad) / (population - bad);
    if (missed < doubt) return bad;
  }
  return left;
}
