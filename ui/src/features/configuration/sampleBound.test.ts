import { expect, test } from "vitest";
import { whatItSays } from "./SampleDialog";
import { mostUnseen } from "./sampleBound";

/** The chance that a sample without putting back meets none of the bad ones, by the definition. */
function missed(population: number, sample: number, bad: number): number {
  let chance = 1;
  for (let drawn = 0; drawn < sample; drawn += 1) chance *= (population - bad - drawn) / (population - drawn);
  return chance;
}

test("is the greatest number that one sample in twenty would miss", () => {
  for (const [population, sample] of [
    [100, 10],
    [4830, 200],
    [50_000, 200],
    [30, 29],
  ] as const) {
    const most = mostUnseen(population, sample);
    expect(missed(population, sample, most), `${sample} of ${population}`).toBeGreaterThanOrEqual(0.05);
    expect(missed(population, sample, most + 1), `${sample} of ${population}`).toBeLessThan(0.05);
  }
});

test("is nothing for everyone, and almost everything for one", () => {
  expect(mostUnseen(200, 200)).toBe(0);
  expect(mostUnseen(1000, 1)).toBe(950);
});

test("is said in one sentence, never better than it is", () => {
  expect(whatItSays(200, 4830)).toBe("If all 200 open, at most 70 of 4,830 users (1.5 %) fail, with 95 % confidence.");
  expect(whatItSays(5000, 4830)).toBe("That is every user: nothing is left to chance.");
});
