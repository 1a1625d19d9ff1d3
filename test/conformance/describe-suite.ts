import { type ConformanceTool } from './tool';
import {
  failuresOf,
  type Findings,
  required,
  type Revision,
  runServerScenario,
  runServerSuite,
  tally,
} from './suite';

const RUN_LIMIT_MS = 600_000;
/** It gives streams 0.5 to 1.5 s to say something: on a busy machine that measures the machine, so it has a second try. */
const TIMED = 'server-stateless';

/** What every target must have passed on to the server behind it: one of each kind, called by a scenario of the revision. */
const MUST_ARRIVE: Readonly<Record<Revision, readonly string[]>> = {
  '2025-11-25': [
    ...['test_simple_text', 'test_tool_with_progress', 'test_tool_with_logging', 'test_error_handling'],
    ...['test_sampling', 'test_elicitation', 'test_elicitation_sep1330_enums', 'resources/subscribe'],
    ...['test://static-binary', 'test://template/{id}/data', 'test_prompt_with_arguments'],
  ],
  '2026-07-28': [
    ...['test_simple_text', 'test_tool_with_progress', 'test_error_handling', 'test_missing_capability'],
    ...['test_input_required_result_multi_round', 'test_input_required_result_prompt'],
    ...['test://static-binary', 'test://template/{id}/data', 'test_prompt_with_arguments'],
  ],
};

export interface SuiteTarget {
  /** Asked for when the tests run, not when they are declared. */
  readonly url: () => string;
  /** What reached the server behind the target since the last look, where that can be asked. */
  readonly takeCalls?: () => Promise<Readonly<Record<string, number>>>;
  /** Scenarios, single checks, and calls that must arrive, which cannot be here; whoever names one says why. */
  readonly except?: readonly string[];
}

/** Each required scenario of a revision as a test of its own, after one run of them all. */
export function describeServerSuite(
  tool: ConformanceTool,
  name: string,
  revision: Revision,
  target: SuiteTarget,
): void {
  describe(`${name}, ${revision}`, () => {
    const except = new Set(target.except);
    let findings: Findings;
    let calls: Readonly<Record<string, number>>;

    beforeAll(async () => {
      await target.takeCalls?.();
      findings = await runAll(tool, target.url(), revision, except);
      calls = (await target.takeCalls?.()) ?? {};
      process.stderr.write(`${name}, ${revision}: ${tally(findings)}\n`);
    }, RUN_LIMIT_MS);

    const scenarios = required(tool, revision, 'server').filter((scenario) => !except.has(scenario));
    it.each(scenarios)('%s', (scenario) => {
      expect(failuresOf(findings, scenario, except)).toEqual([]);
    });

    if (target.takeCalls === undefined) return;
    it('has reached the server behind it', () => {
      const wanted = MUST_ARRIVE[revision].filter((call) => !except.has(call));
      expect(wanted.filter((call) => (calls[call] ?? 0) === 0)).toEqual([]);
    });
  });
}

async function runAll(
  tool: ConformanceTool,
  url: string,
  revision: Revision,
  except: ReadonlySet<string>,
): Promise<Findings> {
  const { checks, output } = await runServerSuite(tool, url, revision);
  if (!checks.has(TIMED) || failuresOf({ checks, output }, TIMED, except).length === 0)
    return { checks, output };
  const again = await runServerScenario(tool, url, TIMED, revision);
  return { checks: new Map([...checks, ...again.checks]), output: `${output}\n${again.output}` };
}
