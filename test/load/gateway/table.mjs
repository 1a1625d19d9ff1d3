// The table of goals: what must be, what is aimed at, what was measured. Printed, and kept as Markdown.
import { halfSpread, median } from '../figures.mjs';

const WIDTHS = [4, 66, 24, 10, 10, 9];
const HEAD = ['', 'what', 'measured', 'must', 'aim', 'verdict'];

export class GoalTable {
  #rows = [];
  #notes = [];
  #details = [];

  constructor(machine) {
    this.machine = machine;
  }

  /** `values`: one for each round. `limits`: {atLeast: [must, aim]} or {atMost: [must, aim]}. */
  judge(id, what, values, { atLeast, atMost, unit = ' ×', words }) {
    const value = median(values);
    const [must, aim] = atLeast ?? atMost;
    const holds = (limit) => (atLeast === undefined ? value <= limit : value >= limit);
    const sign = atLeast === undefined ? '≤' : '≥';
    const text = (number) => `${number < 10 ? number.toFixed(2) : number.toFixed(0)}${unit}`;
    const spread = values.length > 2 ? ` ± ${halfSpread(values).toFixed(2)}` : '';
    this.#add({
      id,
      what,
      measured: words ?? `${text(value)}${spread}`,
      must: `${sign} ${must}${unit}`,
      aim: aim === undefined ? '' : `${sign} ${aim}${unit}`,
      verdict: !holds(must) ? 'MISSED' : aim === undefined || holds(aim) ? 'aim met' : 'met',
      values,
    });
  }

  note(text) {
    this.#notes.push(text);
    console.log(`  ${text}`);
  }

  /** A table of figures without goals: `head` and `rows` of texts. */
  detail(title, head, rows) {
    this.#details.push({ title, head, rows });
    console.log(
      `\n${title}\n${[head, ...rows].map((row) => row.map((cell, at) => pad(cell, at === 0 ? 22 : 14)).join(' ')).join('\n')}`,
    );
  }

  print() {
    console.log(`\n${this.machine.words}\n`);
    for (const row of [HEAD, ...this.#rows.map(cellsOf)])
      console.log(
        row
          .map((cell, at) => pad(cell, WIDTHS[at]))
          .join(' ')
          .trimEnd(),
      );
    for (const note of this.#notes) console.log(`\n${note}`);
    const missed = this.#rows.filter(({ verdict }) => verdict === 'MISSED').length;
    console.log(`\n${this.#rows.length - missed} of ${this.#rows.length} musts met.`);
  }

  get content() {
    return { machine: this.machine, rows: this.#rows, details: this.#details, notes: this.#notes };
  }

  markdown() {
    const details = this.#details.flatMap(({ title, head, rows }) => [
      `**${title}**`,
      '',
      ...markdownTable(head, rows),
      '',
    ]);
    const notes = this.#notes.map((note) => `- ${note}`);
    const goals = markdownTable(HEAD.with(0, '#'), this.#rows.map(cellsOf));
    return [`${this.machine.words}.`, '', ...goals, '', ...details, ...notes].join('\n').trimEnd();
  }

  #add(row) {
    this.#rows.push(row);
    console.log(`  ${row.id} ${row.what}: ${row.measured} (must ${row.must}, aim ${row.aim}) ${row.verdict}`);
  }
}

const pad = (text, width = 14) => String(text).padEnd(width);
const cellsOf = ({ id, what, measured, must, aim, verdict }) => [id, what, measured, must, aim, verdict];
const line = (cells) => `| ${cells.join(' | ')} |`;

function markdownTable(head, rows) {
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map((row) => line(row.map((cell) => (cell === 'MISSED' ? '**missed**' : cell)))),
  ];
}
