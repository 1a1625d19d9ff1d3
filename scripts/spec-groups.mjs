// Loads spec files of one folder together. Each file that Jest runs loads the whole product anew, which takes longer than most
// specs do: integration spends half of its time on it. Run by hand, a spec file still runs alone.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The longest that a spec of a group asks for itself; the last one loaded would else set it for all. */
const TEST_LIMIT_MS = 240_000;

/**
 * Writes a file for each group of specs below `folder` into `target`, in folders of the same names. More than `most` specs in
 * one file would leave the workers waiting for the last group.
 */
export function groupSpecs(root, folder, target, most) {
  rmSync(target, { recursive: true, force: true });
  const areas = new Map();
  for (const spec of specsBelow(join(root, folder))) {
    const area = areaOf(relative(join(root, folder), spec));
    areas.set(area, [...(areas.get(area) ?? []), spec]);
  }
  for (const [area, specs] of areas)
    for (const [at, group] of chunksOf(specs, most).entries()) write(join(target, area), at, group, root);
}

function specsBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((path) => path.endsWith('.spec.ts'))
    .map((path) => join(folder, path))
    .sort();
}

/** The first folder below: specs of one area mostly need the same parts. */
const areaOf = (path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');

/** As few groups as there must be, of about the same size in code: the best guess at time there is before a run. */
function chunksOf(specs, most) {
  const groups = Array.from({ length: Math.ceil(specs.length / most) }, () => ({ bytes: 0, specs: [] }));
  const sized = specs.map((spec) => ({ spec, bytes: statSync(spec).size })).sort((a, b) => b.bytes - a.bytes);
  for (const { spec, bytes } of sized) {
    const smallest = groups.reduce((least, group) => (group.bytes < least.bytes ? group : least));
    smallest.bytes += bytes;
    smallest.specs.push(spec);
  }
  return groups.map((group) => group.specs.sort());
}

/** Each spec in a block of its own, so that its hooks are its own. */
function write(folder, at, specs, root) {
  const block = (spec) =>
    `describe(${JSON.stringify(relative(root, spec))}, () => { require(${JSON.stringify(spec)}); });`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, `group-${at + 1}.spec.js`),
    [...specs.map(block), `jest.setTimeout(${TEST_LIMIT_MS});`, ''].join('\n'),
  );
}
