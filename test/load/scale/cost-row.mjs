// One row: what an operation costs with two processes against what it costs with one.
import { goal, halfSpread, median, perSecond, times } from '../figures.mjs';

/** Of one operation; more of it means that processes work for each other instead of for somebody. */
const MOST = 1.1;

/** `one` and `two`: {cpuSPer1000, rate} of each round. Both were slow in a slow round, so quotients are taken there. */
export function costRow(report, { what, unit, one, two }) {
  const ratios = two.map(({ cpuSPer1000 }, round) => cpuSPer1000 / one[round].cpuSPer1000);
  const middle = (rounds, name) => median(rounds.map((round) => round[name]));
  const side = (rounds) =>
    `${middle(rounds, 'cpuSPer1000').toFixed(3)} s, ${perSecond(middle(rounds, 'rate'))}`;
  const ratio = median(ratios);
  report.add({
    id: 'S1',
    what: `CPU of a ${what}`,
    figure: `${times(ratio)} ± ${halfSpread(ratios).toFixed(2)} (per 1,000 ${unit}: ${side(one)} → ${side(two)})`,
    goal: goal(`≤ ${MOST} ×`, ratio, { atMost: MOST }),
    data: { ratios, one, two },
  });
}
