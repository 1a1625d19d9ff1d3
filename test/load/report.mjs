// One row per figure: what, how much, the goal, the verdict. The same rows go into a file.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const WIDTHS = { id: 4, what: 62, figure: 40, goal: 26 };

export class Report {
  #rows = [];
  #notes = [];

  constructor(machine) {
    this.machine = machine;
  }

  /** `goal` is {text, met}; without one the figure is for reading only. `data` is kept in the file. */
  add({ id = '', what, figure, goal, data = {} }) {
    const row = { id, what, figure, goal, data };
    this.#rows.push(row);
    console.log(lineOf(row));
  }

  /** What could not be measured, and why. */
  note(text) {
    this.#notes.push(text);
    console.log(`     ${text}`);
  }

  print() {
    console.log(`\n${this.machine.words}\n`);
    console.log(headLine());
    for (const row of this.#rows) console.log(lineOf(row));
    for (const note of this.#notes) console.log(`\n${note}`);
    const judged = this.#rows.filter(({ goal }) => goal !== undefined);
    const met = judged.filter(({ goal }) => goal.met).length;
    console.log(`\n${met} of ${judged.length} goals met.`);
  }

  save(path) {
    mkdirSync(dirname(path), { recursive: true });
    const content = { machine: this.machine, rows: this.#rows, notes: this.#notes };
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
    console.log(`Stored as ${path}`);
  }
}

const columns = ({ id, what, figure, goal, verdict }) =>
  [
    id.padEnd(WIDTHS.id),
    what.padEnd(WIDTHS.what),
    figure.padEnd(WIDTHS.figure),
    goal.padEnd(WIDTHS.goal),
    verdict,
  ]
    .join(' ')
    .trimEnd();

const headLine = () =>
  columns({ id: '', what: 'what', figure: 'measured', goal: 'goal', verdict: 'verdict' });

const lineOf = ({ id, what, figure, goal }) =>
  columns({
    id,
    what,
    figure,
    goal: goal?.text ?? '',
    verdict: goal === undefined ? '' : goal.met ? 'met' : 'MISSED',
  });
